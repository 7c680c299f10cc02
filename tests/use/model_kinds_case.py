"""Models that are not supported are told by validate, with run's exit code, from config.json alone.

Sources: vllm-project/vllm-metal PR 720 and sgl-project/sglang PR 32279 (fail before the work, not
after), TransformerLensOrg/TransformerLens 894 (variants of RoPE).
"""
import json

import small_models as small


def case(use):
    small.text_folder(use.folder / "text")
    kinds = (("yarn", dict(rope_scaling=dict(rope_type="yarn", factor=4.0)), "'yarn'"),
             ("linear", dict(rope_scaling=dict(type="linear", factor=2.0)), "'linear'"),
             ("dynamic", dict(rope_scaling=dict(type="dynamic", factor=2.0)), "'dynamic'"),
             ("longrope", dict(rope_parameters=dict(rope_type="longrope", rope_theta=1e4)), "'longrope'"),
             ("mistral", dict(model_type="mistral"), "'mistral'"),
             ("qwen2", dict(model_type="qwen2"), "'qwen2'"),
             ("gemma2", dict(model_type="gemma2"), "'gemma2'"),
             ("gelu", dict(hidden_act="gelu"), "'gelu'"),
             ("biased", dict(attention_bias=True), "biases"),
             ("half_rope", dict(partial_rotary_factor=0.5), "partial_rotary_factor"),
             ("heads", dict(num_key_value_heads=3), "cannot share"),
             ("bitsandbytes", dict(quantization_config=dict(load_in_4bit=True)), "quantization_config"),
             ("wider", dict(intermediate_size=256), "not \\[256, 64\\]"))
    for name, changes, pattern in kinds:
        small.folder(use.folder / name, changes)
        code = 74 if name == "wider" else 78
        use.expect_gate(use.model_sweep(f"{name}.yaml", name), code, pattern, f"{name}.db")

    # A tokenizer of another model, whose ids the embedding lacks.
    made, _, size = small.folder(use.folder / "vocabulary")
    config = json.loads((made / "config.json").read_text())
    (made / "config.json").write_text(json.dumps(dict(config, vocab_size=200)))
    cut = {name: ([200, small.HIDDEN], data[:200 * small.HIDDEN * 4]) if "embed" in name
           else (shape, data) for name, (shape, data) in small.tensors(size).items()}
    small.write_safetensors(made / "model.safetensors", cut)
    use.expect_gate(use.model_sweep("vocabulary.yaml", "vocabulary"), 78, "another model's tokenizer",
                    "vocabulary.db")

    made, _, _ = small.folder(use.folder / "no_tokenizer")
    (made / "tokenizer.json").unlink()
    use.expect_gate(use.model_sweep("no_tokenizer.yaml", "no_tokenizer"), 78, "no tokenizer.json",
                    "no_tokenizer.db")
