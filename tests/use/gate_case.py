"""`validate` says what `run` will say, with the same exit code, before any work is done.

Sources: vllm-project/vllm-metal PR 720 and sgl-project/sglang PR 32279 (fail before the work, not
after), TransformerLensOrg/TransformerLens 894. An input that `run` refuses is never "valid".
"""
import small_models as make
from use_testing import MODEL_SWEEP, SYNTHETIC_SWEEP


def sweep(use, name, change, base=SYNTHETIC_SWEEP):
    before, after = change
    assert before in base, before
    return use.write(name + ".yaml", base.replace(before, after))


def without_model(use):
    for name, change, pattern in (
            ("unit", ("lr: 8e-3", "lr: 8 apples"), "training.lr"),
            ("word", ("d_sae: 64", "d_sea: 64"), "did you mean"),
            ("kind", ("source: synthetic", "source: nowhere"), "activations.source"),
            ("one_size", ("[32Ki, 64Ki, 128Ki]", "[32Ki]"), "at least 2 sizes"),
            ("target", ("tokens: 2Mi", "tokens: 16Ki"), "must not be below the sweep's sizes"),
            ("parsecs", ("target:", "budget: {wall: 10 parsecs}\ntarget:"), "budget.wall"),
            ("cuda", ("execution:", "execution:\n  device: cuda"), "device cuda")):
        use.expect_gate(sweep(use, name, change), 78, pattern)
    small = sweep(use, "small", ("target:", "budget: {runs: 1}\ntarget:"))
    use.expect_gate(small, 75, "budget")
    use.expect_outcome(use.saelaw("plan", small, "--db", "none.db"), 75, "budget leaves out 2 of")
    flops = sweep(use, "flops", ("target:", "budget: {flops: 1e9}\ntarget:"))
    use.expect_gate(flops, 75, "budget", database="flops.db")
    use.expect_outcome(use.saelaw("plan", "cuda.yaml", "--db", "none.db"), 78, "device cuda")
    inside = sweep(use, "inside", ("tokens: 2Mi", "tokens: 64Ki"))
    use.expect_outcome(use.saelaw("validate", inside), 0, "below the sweep's largest size")
    use.expect_gate(use.write("good.yaml", SYNTHETIC_SWEEP), 0, database="good.db")


def model_sweep(use, name, **changes):
    values = {"model": "model", "text": "text", "spliced": 4, "activations": ""}
    replaced = changes.pop("replace", ("", ""))
    text = MODEL_SWEEP.format(**{**values, **changes})
    assert replaced[0] in text
    return use.write(name + ".yaml", text.replace(*replaced) if replaced[0] else text)


def with_model(use):
    use.expect_gate(model_sweep(use, "layer", replace=("layer: 1", "layer: 4")), 78, "layer")
    use.expect_gate(model_sweep(use, "hook", replace=("layer: 1", "layer: 1\n  hook: nose")), 78,
                    "mlp_out")
    use.expect_gate(model_sweep(use, "context", replace=("context_tokens: 64",
                                                         "context_tokens: 1024")), 78, "1024")
    use.expect_gate(model_sweep(use, "held", replace=("held_out_tokens: 512",
                                                      "held_out_tokens: 1Mi")), 78, "held")
    use.expect_gate(model_sweep(use, "long", replace=("[1Ki, 2Ki]", "[1Ki, 128Ki]")), 78,
                    "data is never repeated")
    use.expect_gate(model_sweep(use, "no_text", text="nowhere"), 78, "nowhere")
    use.expect_gate(model_sweep(use, "no_model", model="nowhere"), 78, "nowhere")
    card = "  shape: {parameters: 1M, layers: 4, hidden_size: 64, intermediate_size: 128, " \
           "heads: 4, kv_heads: 2, head_dim: 16, vocabulary: 273}"
    far = model_sweep(use, "far", model="nowhere", text="nowhere", activations=card)
    use.expect_gate(far, 74, "nowhere does not exist")
    use.expect_outcome(use.saelaw("plan", far), 0, "nowhere does not exist; `saelaw run` needs it")
    use.expect_outcome(use.saelaw("plan", "no_text.yaml"), 78, "nowhere")


def damaged_model(use):
    folder, tensors, _ = make.folder(use.folder / "bare", weights=False)
    bare = model_sweep(use, "bare", model="bare")
    use.expect_gate(bare, 78, "model.safetensors")
    use.expect_outcome(use.saelaw("plan", bare), 0, "warning: .*model.safetensors")
    (folder / "model.safetensors").write_bytes(b"\x10" + bytes(200))
    use.expect_gate(bare, 74, "model.safetensors")
    make.write_safetensors(folder / "model.safetensors", tensors)
    (folder / "tokenizer.json").write_text("version https://git-lfs.github.com/spec/v1\n")
    use.expect_gate(bare, 78, "tokenizer.json")
    (folder / "tokenizer.json").unlink()
    use.expect_gate(bare, 78, "tokenizer.json")


def database_names(use):
    for name in ("", ":memory:"):
        for command in ("run", "plan", "recommend", "report"):
            use.expect_outcome(use.saelaw(command, "good.yaml", "--db", name), 64, "--db")
        use.expect_outcome(use.saelaw("status", "--db", name), 64, "--db")


def case(use):
    without_model(use)
    make.folder(use.folder / "model")
    make.text_folder(use.folder / "text")
    with_model(use)
    damaged_model(use)
    database_names(use)
    good = model_sweep(use, "model_good")
    use.expect_gate(good, 0, database="model_good.db")
