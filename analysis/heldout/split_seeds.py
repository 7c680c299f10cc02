#!/usr/bin/env python3
"""Do held-out losses scatter over split seeds by as much as their stated standard errors?

  analysis/heldout/split_seeds.py SWEEP.yaml [SEEDS] [TOKENS] [HELD_OUT_DOCUMENTS]

Captures a stretch of the sweep's training stream once, and the held-out set of each split seed; then
trains one SAE on the same vectors for every held-out set, so that nothing but that set differs.
(The stretch holds a few contexts of documents that other seeds hold out: below a hundredth of the
text.) Fewer held-out documents than the sweep's share fewer between the sets. Everything is done by saelaw's own commands; the sweep's recipe is used at its loss law's rate.
"""
import json
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAELAW = ROOT / "build/cpu/bin/saelaw"


def saelaw(folder, *arguments):
    done = subprocess.run([SAELAW, *map(str, arguments)], cwd=folder, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"saelaw {' '.join(map(str, arguments))}: {done.returncode}\n{done.stderr[-2000:]}")


def sweep_of(given, seed, tokens, documents):
    """The given sweep with one loss law of two sizes, and this split seed; paths made absolute."""
    sweep = yaml.safe_load(given.read_text())
    activations = sweep["activations"]
    for key in ("model", "text"):
        path = activations[key].replace("${SAELAW_DATA:-../.deps/model}", str(ROOT / ".deps/model"))
        activations[key] = str((given.parent / path).resolve())
    activations["split_seed"] = seed
    if documents:
        activations["held_out_documents"] = documents
    sweep["study"] = {"loss_law": {"tokens": [tokens // 2, tokens]}, "lr_law": "none",
                      "hold_out": "none"}
    sweep["budget"] = {"runs": 2}
    return sweep


def main():
    given = pathlib.Path(sys.argv[1]).resolve()
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    tokens = int(sys.argv[3]) if len(sys.argv) > 3 else 16384
    documents = int(sys.argv[4]) if len(sys.argv) > 4 else None
    rows = []
    with tempfile.TemporaryDirectory(prefix="split-seeds-") as work:
        work = pathlib.Path(work)
        for seed in range(seeds):
            sweep = sweep_of(given, seed, tokens, documents)
            (work / "live.yaml").write_text(yaml.safe_dump(sweep))
            saelaw(work, "capture", "live.yaml", "--out", f"shards-{seed}", "--tokens", tokens,
                   "--dtype", "fp32", "--db", "captures.db")
            shards = work / f"shards-{seed}"
            if seed > 0:  # the first one's training vectors, this one's held-out set
                own = json.loads((shards / "manifest.json").read_text())
                first = json.loads((work / "shards-0/manifest.json").read_text())
                for shard in own["shards"]:
                    (shards / shard["file"]).unlink()
                for shard in first["shards"]:
                    shutil.copy(work / "shards-0" / shard["file"], shards)
                for key in ("held_out", "held_out_begins"):
                    first[key] = own[key]
                (shards / "manifest.json").write_text(json.dumps(first))
            sweep["activations"] = {
                "source": "shards", "shards": str(shards),
                "held_out_tokens": sweep["activations"].get("held_out_tokens", 16384),
                "normalisation_tokens": tokens}
            (work / "shards.yaml").write_text(yaml.safe_dump(sweep))
            saelaw(work, "run", "shards.yaml", "--db", f"runs-{seed}.db")
            with sqlite3.connect(work / f"runs-{seed}.db") as db:
                results = [json.loads(text) for (text,) in db.execute("select result from results")]
            final = max(results, key=lambda result: result["tokens"])["final"]
            rows.append((seed, final["loss"], final["loss_se"]))
            print(f"split seed {seed}: loss {final['loss']:.4f}, stated error "
                  f"{100 * final['loss_se'] / final['loss']:.2f} %", flush=True)
    losses = [row[1] for row in rows]
    mean, sd = statistics.mean(losses), statistics.stdev(losses)
    stated = (sum(row[2] ** 2 for row in rows) / len(rows)) ** 0.5
    print(f"{len(rows)} split seeds at {tokens} tokens: mean loss {mean:.4f}, sd {100 * sd / mean:.2f} %, "
          f"stated error (root mean square) {100 * stated / mean:.2f} %, ratio {sd / stated:.2f}")


if __name__ == "__main__":
    main()
