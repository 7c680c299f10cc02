"""What is dead is what the user says, however few the held-out tokens.

Sources: EleutherAI/sparsify 119, SauersML/gam 1435, SAELens's dead-feature window. With 256 held-out
tokens 0.71 of the latents counted as dead and the runs as collapsed; with 16Ki they were completed.
"""
SWEEP = """\
name: dead
activations:
  source: synthetic
  synthetic: {{d_in: 64, dictionary_size: 1024, active_latents: 3, frequency_exponent: 1.2}}
  held_out_tokens: {held_out}
  normalisation_tokens: 16Ki
sae: {{d_sae: 512, threshold: {{init: 0.1}}, bandwidth: 0.1}}
training: {{batch_tokens: 128, lr: 8e-3, threshold_lr: 1e-3, adam: {{beta2: 0.99}}, sparsity: {{coefficient: 5e-3}}, dead_after_tokens: {after}, precision: fp32}}
study: {{loss_law: {{tokens: [64Ki, 128Ki]}}, lr_law: none, hold_out: none}}
target: {{tokens: 2Mi}}
execution: {{dense_above: 0.05}}
"""


def case(use):
    for after in ("64Ki", "0"):
        for held_out in ("256", "16Ki"):
            name = f"d{held_out}-{after}"
            use.write(f"{name}.yaml", SWEEP.format(held_out=held_out, after=after))
            few = "fewer than one a latent"
            checked = use.saelaw("validate", f"{name}.yaml")
            use.expect_outcome(checked, 0, few if held_out == "256" else "is valid",
                               absent="" if held_out == "256" else few)
            ran = use.saelaw("run", f"{name}.yaml", "--db", f"{name}.db")
            if after == "64Ki":
                use.expect_outcome(ran, 0, "completed", absent="collapsed")
        if after == "64Ki":
            for result in use.results("d256-64Ki.db"):
                use.expect(result["final"]["dead_fraction"] > 0.5, "256 tokens show few latents")
                use.expect(0 <= result["dead_fraction_training"] < 0.05,
                           f"window: {result['dead_fraction_training']}")
