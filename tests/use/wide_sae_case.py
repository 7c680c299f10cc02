"""SAEs 4 to 128 times as wide as their input train: the loss falls from the first tenth on.

Sources: saprmarks/dictionary_learning PR 34 (JumpReLU initialised as Gemma Scope does), Gemma Scope
(arXiv 2408.05147: 2^20 latents on 2,304 dimensions), SAEBench and openai/sparse_autoencoder (65k and
128k on 768). With W_enc the transpose of W_dec the first reconstruction is d_sae/(2 d_in) times the
input, which was called diverged at step 0.
"""
SWEEP = """\
name: wide
activations:
  source: synthetic
  synthetic: {{d_in: 16, dictionary_size: 64, active_latents: 3}}
  held_out_tokens: 4Ki
  normalisation_tokens: 16Ki
sae: {{d_sae: {d_sae}{start}}}
training: {{batch_tokens: 128, lr: 1e-3, adam: {{beta2: 0.99}}, evaluations: 10}}
study: {{loss_law: {{tokens: [16Ki, 32Ki]}}, lr_law: none, hold_out: none}}
target: {{tokens: 2Mi}}
execution: {{dense_above: 0.05}}
"""


def expect_falling(use, database, what):
    results = use.results(database)
    use.expect(len(results) == 2, f"{what}: {len(results)} results")
    for result in results:
        losses = [point["loss"] for point in result["curve"]]
        use.expect(result["end"] == "completed" and losses[-1] < 0.9 * losses[0],
                   f"{what}: {result['end']} {result['end_reason']}, losses {losses}")


def case(use):
    for times in (4, 16, 64, 128):
        name = use.write(f"w{times}.yaml", SWEEP.format(d_sae=16 * times, start=""))
        use.expect_outcome(use.saelaw("run", name, "--db", f"w{times}.db"), 0, "completed")
        expect_falling(use, f"w{times}.db", f"{times} times as wide")
    # The start of before is an option everywhere, and no verdict at step 0 stands against it.
    name = use.write("tied.yaml", SWEEP.format(d_sae=16 * 64, start=", w_enc_init_scale: 1"))
    use.saelaw("run", name, "--db", "tied.db")
    expect_falling(use, "tied.db", "64 times, encoder as large as the decoder")
