#!/usr/bin/env python3
"""Measures the SAEs of a sweep on documents that no run has seen, in plain PyTorch.

  analysis/heldout/measure_independently.py results.db UNSEEN_FOLDER MODEL.gguf LAYER [CSV]

Nothing of saelaw computes here: transformers runs the language model, `tokenizers` cuts the text, and
the loss is written out below. Of each document in UNSEEN_FOLDER that fills a context, two contexts
are measured, spread over it. The standard error is by document (ratio estimator: Cochran 1977,
section 2.11). Prints, for each run with weights, the loss that saelaw reported, this one, and their
difference in standard errors of both together. The peers' environment has what it needs:
  .deps/peers/bin/python analysis/heldout/measure_independently.py ...
"""
import csv
import json
import math
import pathlib
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/llm"), str(ROOT / "tests/tokens")]
import llm_peers  # noqa: E402
import tokenizer_peers  # noqa: E402
import torch  # noqa: E402
from safetensors import safe_open  # noqa: E402

CONTEXT, PER_DOCUMENT = 256, 2


def contexts_of(tokenizer, folder):
    """[(document, ids)] of every document that fills a context."""
    chosen = []
    for number, path in enumerate(sorted(pathlib.Path(folder).glob("*.txt"))):
        ids = tokenizer.encode(path.read_text("utf-8", errors="replace")).ids
        whole = len(ids) // CONTEXT
        count = min(PER_DOCUMENT, whole)
        for i in range(count):
            begin = CONTEXT * ((2 * i + 1) * whole // (2 * count))
            chosen.append((number, ids[begin:begin + CONTEXT]))
    return chosen


@torch.no_grad()
def vectors_of(model, layer, contexts):
    """The MLP's output at every position but the first: [tokens, d_in], and each one's document."""
    found = []
    block = model.model.layers[layer]
    handle = block.mlp.down_proj.register_forward_hook(lambda _, __, out: found.append(out.float()))
    vectors, documents = [], []
    for begin in range(0, len(contexts), 8):
        part = contexts[begin:begin + 8]
        found.clear()
        model.model(torch.tensor([ids for _, ids in part]), use_cache=False)
        vectors.append(found[0][:, 1:].flatten(0, 1))
        documents += [document for document, _ in part for _ in range(CONTEXT - 1)]
    handle.remove()
    return torch.cat(vectors), torch.tensor(documents)


def load_sae(path):
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        return {name: file.get_tensor(name) for name in file.keys()}, metadata


@torch.no_grad()
def losses_of(sae, metadata, vectors):
    """The objective of each vector: squared error and the penalty on its active latents."""
    run = json.loads(metadata["run"])
    x = vectors * float(metadata["activation_scale"])
    inputs = x - sae["b_dec"] if run["sae"]["pre_encoder_bias"] else x
    pre_acts = inputs @ sae["W_enc"] + sae["b_enc"]
    latents = pre_acts * (pre_acts > sae["threshold"])
    recons = latents @ sae["W_dec"] + sae["b_dec"]
    coefficient = run["training"]["sparsity_coefficient"]
    return (recons - x).square().sum(1) + coefficient * (latents > 0).sum(1)


def mean_and_error(losses, documents):
    """The mean over tokens, and its standard error over documents."""
    names = documents.unique()
    mean = losses.mean().item()
    misses = torch.stack([(losses[documents == d] - mean).sum() for d in names])
    n = len(names)
    return mean, math.sqrt(n / (n - 1) * misses.square().sum().item()) / len(losses)


def main():
    database, folder, gguf, layer = sys.argv[1:5]
    with sqlite3.connect(database) as db:
        rows = [(weights, json.loads(result)) for weights, result in
                db.execute("select weights, result from results where weights != ''")]
    contexts = contexts_of(tokenizer_peers.from_gguf(gguf), folder)
    model = llm_peers.load(gguf, torch.bfloat16)
    vectors, documents = vectors_of(model, int(layer), contexts)
    print(f"{len(vectors)} vectors of {len(documents.unique())} unseen documents")
    table, within = [], 0
    for path, result in sorted(rows, key=lambda row: (row[1]["tokens"], row[1]["final"]["loss"])):
        if result["end"] != "completed":
            continue
        sae, metadata = load_sae(pathlib.Path(database).parent / path)
        lr = json.loads(metadata["run"])["training"]["lr"]
        mean, error = mean_and_error(losses_of(sae, metadata, vectors), documents)
        reported, stated = result["final"]["loss"], result["final"].get("loss_se", float("nan"))
        away = (reported - mean) / math.hypot(stated, error)
        within += abs(away) <= 1.96
        table.append([result["id"], result["tokens"], f"{lr:.3g}", f"{reported:.4f}",
                      f"{stated:.4f}", f"{mean:.4f}", f"{error:.4f}", f"{away:+.2f}"])
    header = ["run", "tokens", "lr", "reported", "its_se", "unseen", "its_se", "difference_in_se"]
    for row in [header, *table]:
        print("  ".join(f"{cell:>16}" if i == 0 else f"{cell:>9}" for i, cell in
                        enumerate(map(str, row))))
    print(f"{within} of {len(table)} runs within 1.96 standard errors")
    if len(sys.argv) > 5:
        with open(sys.argv[5], "w", newline="") as file:
            csv.writer(file).writerows([header, *table])


if __name__ == "__main__":
    main()
