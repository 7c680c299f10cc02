"""GGUF files as they are found: split, scaled, without their ending, of types that are not read.

Sources: ggml-org/llama.cpp PR 2772 and its loader (rope.scaling.factor without rope.scaling.type is
linear scaling), vllm-project/vllm-gguf-plugin PR 54 and vllm-project/vllm-metal PR 720 (split files,
output.weight in another part), huggingface/transformers 32266, vllm-project/vllm 7993 and
lmstudio-ai/lms 347 (GGUF by its first bytes), intel/neural-speed 206 (Q4_K).
"""
import array
import shutil

import small_models as small

NAMES = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
         "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
         "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
         "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def interleave(data, heads):
    """GGUF's order of the rows of q and k: row 2j + h of a head is row h * half + j."""
    values = array.array("f")
    values.frombytes(data)
    rows = [values[i:i + small.HIDDEN] for i in range(0, len(values), small.HIDDEN)]
    size, out = len(rows) // heads, array.array("f")
    for head in range(heads):
        for j in range(size // 2):
            out.extend(rows[head * size + j])
            out.extend(rows[head * size + j + size // 2])
    return out.tobytes()


def gguf_tensors(named):
    made = []
    for name, (shape, data) in named.items():
        if name == "model.embed_tokens.weight":
            own = "token_embd.weight"
        elif name == "model.norm.weight":
            own = "output_norm.weight"
        else:
            layer, part = name.split(".", 3)[2:]
            part = part.removesuffix(".weight")
            own = f"blk.{layer}.{NAMES[part]}.weight"
            heads = {"self_attn.q_proj": small.HEADS, "self_attn.k_proj": small.KV_HEADS}.get(part)
            data = interleave(data, heads) if heads else data
        made.append((own, shape[::-1], 0, data))
    return made


def metadata(tokenizer, size):
    tokens, types = [None] * size, [1] * size
    for text, token in tokenizer["model"]["vocab"].items():
        tokens[token] = text
    for added in tokenizer["added_tokens"]:
        tokens[added["id"]], types[added["id"]] = added["content"], 3
    return [("general.architecture", 8, "llama"), ("llama.block_count", 4, small.LAYERS),
            ("llama.context_length", 4, 512), ("llama.embedding_length", 4, small.HIDDEN),
            ("llama.feed_forward_length", 4, small.FFN),
            ("llama.attention.head_count", 4, small.HEADS),
            ("llama.attention.head_count_kv", 4, small.KV_HEADS),
            ("llama.attention.layer_norm_rms_epsilon", 6, 1e-5),
            ("llama.rope.freq_base", 6, 10000.0), ("tokenizer.ggml.model", 8, "gpt2"),
            ("tokenizer.ggml.pre", 8, "gpt-2"), ("tokenizer.ggml.tokens", 9, (8, tokens)),
            ("tokenizer.ggml.token_type", 9, (5, types)),
            ("tokenizer.ggml.merges", 9, (8, tokenizer["model"]["merges"])),
            ("tokenizer.ggml.bos_token_id", 4, tokenizer["added_tokens"][0]["id"]),
            ("tokenizer.ggml.add_bos_token", 7, True)]


def part(number, count, tensors):
    return [("split.no", 2, number), ("split.count", 2, count), ("split.tensors.count", 5, tensors)]


def losses(use, model):
    sweep = use.model_sweep(f"{model}.yaml", model)
    use.expect_outcome(use.saelaw("validate", sweep), 0)
    use.expect_outcome(use.saelaw("plan", sweep, "--db", f"{model}.db"), 0)
    use.expect_outcome(use.saelaw("run", sweep, "--db", f"{model}.db"), 0)
    return [(row["final"]["loss"], row["ce"]) for row in use.results(f"{model}.db")]


def refused(use, model, code, pattern):
    database = f"{model}.db"
    use.expect_gate(use.model_sweep(f"{model}.yaml", model), code, pattern, database)
    use.expect(not (use.folder / f"{database}.runs").exists(), f"{model}: a job was begun")


def scaling(use, keys, tensors):
    for name, more in (
            ("factor", [("llama.rope.scaling.factor", 6, 4.0)]),
            ("old_factor", [("llama.rope.scale_linear", 6, 2.0)]),
            ("linear", [("llama.rope.scaling.type", 8, "linear"),
                        ("llama.rope.scaling.factor", 6, 4.0)])):
        small.write_gguf(use.folder / f"{name}.gguf", keys + more, tensors)
        refused(use, f"{name}.gguf", 78, "'linear' is not supported")
    small.write_gguf(use.folder / "yarn.gguf", keys + [("llama.rope.scaling.type", 8, "yarn")], tensors)
    refused(use, "yarn.gguf", 78, "'yarn' is not supported")


def split(use, keys, tensors, untied):
    """Read with its siblings: never a model with tied embeddings because the head lies elsewhere."""
    folder, count = use.folder, len(untied)
    small.write_gguf(folder / "untied.gguf", keys, untied)
    whole = losses(use, "untied.gguf")
    first = "part-00001-of-00002.gguf"
    small.write_gguf(folder / first, keys + part(0, 2, count), tensors)
    refused(use, first, 78, "part-00002-of-00002.gguf is not beside it")
    small.write_gguf(folder / "part-00002-of-00002.gguf", part(1, 2, count), untied[-1:])
    got = losses(use, first)
    use.expect(got == whole, f"split: {got}, not {whole}")
    refused(use, "part-00002-of-00002.gguf", 78, "part 2 of 2.*00001-of-00002")
    shutil.copy(folder / first, folder / "sha256-5917")
    refused(use, "sha256-5917", 78, "one of 2 files")
    small.write_gguf(folder / "part-00002-of-00002.gguf", part(1, 2, count), untied[-1:] * 0)
    refused(use, first, 78, "split.tensors.count says")
    return whole


def case(use):
    folder = use.folder
    small.text_folder(folder / "text")
    tokenizer, size = small.tokenizer_json(merges=small.MERGES)
    keys, tensors = metadata(tokenizer, size), gguf_tensors(small.tensors(size))
    untied = tensors + [("output.weight", [small.HIDDEN, size], 0,
                         small.gaussian(size * small.HIDDEN, 0.3, 99))]
    small.write_gguf(folder / "plain.gguf", keys, tensors)
    plain = losses(use, "plain.gguf")
    small.folder(folder / "plain")
    use.expect(losses(use, "plain") == plain, "the folder and the GGUF of one model differ")

    for blob in ("sha256-0badc0de", "model.bin"):
        shutil.copy(folder / "plain.gguf", folder / blob)
        use.expect(losses(use, blob) == plain, f"{blob}: other losses than plain.gguf's")
    small.write_gguf(folder / "factor_one.gguf", keys + [("llama.rope.scaling.factor", 6, 1.0)], tensors)
    use.expect(losses(use, "factor_one.gguf") == plain, "a factor of 1 changes losses")

    scaling(use, keys, tensors)
    whole = split(use, keys, tensors, untied)
    use.expect(whole[0][1] != plain[0][1], "tied and untied have one cross-entropy")

    for number, name in ((14, "Q6_K"), (12, "Q4_K"), (20, "IQ4_NL"), (6, "Q5_0")):
        late = [(n, dims, number if n == "blk.3.ffn_down.weight" else kind, data)
                for n, dims, kind, data in tensors]
        small.write_gguf(folder / f"{name}.gguf", keys, late)
        refused(use, f"{name}.gguf", 78, f"blk.3.ffn_down.weight' has GGML type {name}")
    # The layers up to the hook suffice where nothing is spliced.
    sweep = use.model_sweep("first_layers.yaml", "Q6_K.gguf", spliced=0)
    use.expect_outcome(use.saelaw("validate", sweep), 0)

    (folder / "pointer.gguf").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:5a\nsize 9\n")
    refused(use, "pointer.gguf", 78, "git lfs pull")
    (folder / "cut.gguf").write_bytes((folder / "plain.gguf").read_bytes()[:-4000])
    refused(use, "cut.gguf", 78, "beyond the file")
