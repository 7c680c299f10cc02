"""Folders of safetensors as they are found: the weights that transformers takes, or one clear line.

Sources: Blaizzy/mlx-vlm PR 1827 and PR 1464 (stale index, two sets of weights), Neph0s/CoSER 3,
unslothai/unsloth-zoo PR 346 (one shard, no index), ggml-org/llama.cpp 9211 (saved without "model."),
QwenLM/Qwen3-VL-Embedding 89 and NVIDIA/TensorRT-LLM 3324 (lm_head absent), huggingface/transformers
27923 (git LFS pointer). What transformers 5.13 does: model.safetensors goes before an index; names
without "model." load.
"""
import json
import struct

import small_models as small

SHARDS = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "5a" * 32 + "\nsize 269060552\n"


def shard_of(name):
    return SHARDS["layers.3" in name]


def write_index(path, names):
    weight_map = {name: shard_of(name) for name in names}
    text = json.dumps(dict(metadata=dict(total_size=1), weight_map=weight_map))
    (path / "model.safetensors.index.json").write_text(text)


def write_shards(path, named):
    for shard in SHARDS:
        small.write_safetensors(path / shard,
                                {k: v for k, v in named.items() if shard_of(k) == shard})


def change_config(path, **changes):
    config = json.loads((path / "config.json").read_text())
    config.update(changes)
    (path / "config.json").write_text(json.dumps(config))


def with_dtype(path, dtype, bytes_each):
    """A file whose last block has one matrix of this type."""
    file = path / "model.safetensors"
    data = file.read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    name, offset, body = "model.layers.3.mlp.down_proj.weight", 0, b""
    for key, entry in header.items():
        begin, end = entry["data_offsets"]
        part = data[8 + length + begin:8 + length + end]
        if key == name:
            part = part[:len(part) // 4 * bytes_each]
            entry["dtype"] = dtype
        entry["data_offsets"] = [offset, offset + len(part)]
        offset += len(part)
        body += part
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + body)


def losses(use, model):
    sweep = use.model_sweep(f"{model}.yaml", model)
    use.expect_outcome(use.saelaw("validate", sweep), 0)
    use.expect_outcome(use.saelaw("run", sweep, "--db", f"{model}.db"), 0)
    return [(row["final"]["loss"], row["ce"]) for row in use.results(f"{model}.db")]


def refused(use, model, code, pattern):
    """By both alike, and before anything is measured."""
    database = f"{model}.db"
    use.expect_gate(use.model_sweep(f"{model}.yaml", model), code, pattern, database)
    use.expect(not (use.folder / f"{database}.runs").exists(), f"{model}: a job was begun")


def loads_as_plain(use):
    plain = losses(use, "plain")
    use.expect(len(plain) == 2, f"plain has {len(plain)} results")
    _, named, _ = small.folder(use.folder / "stale_index")
    write_index(use.folder / "stale_index", named)

    _, named, size = small.folder(use.folder / "two_sets")
    write_index(use.folder / "two_sets", named)
    write_shards(use.folder / "two_sets", small.tensors(size, seed=9))

    small.folder(use.folder / "no_prefix", prefix="")

    small.folder(use.folder / "sharded", weights=False)
    write_index(use.folder / "sharded", named)
    write_shards(use.folder / "sharded", named)

    small.folder(use.folder / "with_adapter")
    (use.folder / "with_adapter/adapter_model.safetensors").write_text(POINTER)
    (use.folder / "with_adapter/consolidated.safetensors").write_text("not read")
    for name in ("stale_index", "two_sets", "no_prefix", "sharded", "with_adapter"):
        got = losses(use, name)
        use.expect(got == plain, f"{name}: {got}, not {plain}")


def no_weights(use):
    """Folders without model.safetensors, and what is in them instead."""
    for model, file, pattern in (
            ("no_index", "model-00001-of-00001.safetensors", "model-00001-of-00001.safetensors is a shard"),
            ("only_adapter", "adapter_model.safetensors", "merge_and_unload"),
            ("consolidated", "consolidated.safetensors", "consolidated.safetensors has its maker's"),
            ("pickled", "pytorch_model.bin", "convert it to safetensors"),
            ("other_name", "weights.safetensors", "name it model.safetensors"),
            ("nothing", "notes.txt", "neither model.safetensors nor")):
        made, named, _ = small.folder(use.folder / model, weights=False)
        small.write_safetensors(made / file, named)
        refused(use, model, 78, pattern)


def unreadable(use):
    made, _, _ = small.folder(use.folder / "lfs")
    (made / "model.safetensors").write_text(POINTER)
    refused(use, "lfs", 78, "git LFS pointer.*git lfs pull")
    for file in ("tokenizer.json", "config.json"):
        made, _, _ = small.folder(use.folder / f"lfs_{file[:4]}")
        (made / file).write_text(POINTER)
        refused(use, f"lfs_{file[:4]}", 78, "git LFS pointer.*git lfs pull")

    made, named, _ = small.folder(use.folder / "lfs_shard", weights=False)
    write_index(made, named)
    write_shards(made, named)
    (made / SHARDS[1]).write_text(POINTER)
    refused(use, "lfs_shard", 78, "git lfs pull")
    (made / SHARDS[1]).unlink()
    refused(use, "lfs_shard", 74, SHARDS[1] + ", which is not in the folder")

    made, _, _ = small.folder(use.folder / "truncated")
    data = (made / "model.safetensors").read_bytes()
    (made / "model.safetensors").write_bytes(data[:-100])
    refused(use, "truncated", 74, "truncated or damaged")


def not_supported(use):
    small.folder(use.folder / "no_head")
    change_config(use.folder / "no_head", tie_word_embeddings=False)
    refused(use, "no_head", 78, "tie_word_embeddings.*spliced_contexts: 0")
    # Both ways out lead there.
    sweep = use.model_sweep("headless.yaml", "no_head", spliced=0)
    use.expect_outcome(use.saelaw("validate", sweep), 0)
    change_config(use.folder / "no_head", tie_word_embeddings=True)
    use.expect_outcome(use.saelaw("validate", "no_head.yaml"), 0)

    small.folder(use.folder / "compiled", prefix="_orig_mod.model.")
    refused(use, "compiled", 78, "_orig_mod.model.embed_tokens.weight")
    for dtype, width, pattern in (("F8_E4M3", 1, "F8_E4M3"), ("I8", 1, "holds I8"), ("U8", 1, "holds U8")):
        made, _, _ = small.folder(use.folder / f"dtype_{dtype}")
        with_dtype(made, dtype, width)
        refused(use, f"dtype_{dtype}", 78, pattern)
    small.folder(use.folder / "gptq", dict(quantization_config=dict(quant_method="gptq", bits=4)))
    refused(use, "gptq", 78, "quantization_config")


def case(use):
    small.text_folder(use.folder / "text")
    small.folder(use.folder / "plain")
    loads_as_plain(use)
    no_weights(use)
    unreadable(use)
    not_supported(use)
