#!/usr/bin/env python3
"""Does the controller hold L0 at its target, and what does the learning rate do to an SAE then?

  analysis/controller/hold_l0.py OUT.csv [synthetic|model]      # after scripts/setup --model; minutes

Two sources: a synthetic dictionary of 4,096 vectors of which 64 are active, and the quickstart's
language model, whose vectors are captured once. Targets 32, 64, 128 at three numbers of tokens, three
seeds each, at one rate; then one target at several rates and batches. A row for each run: L0 on the
held-out tokens at its end, and the largest miss of its curve (20 points) from the double of the
sparsity warm-up on. Everything is done by saelaw's own commands, one thread.
"""
import csv
import itertools
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAELAW = ROOT / "build/cpu/bin/saelaw"
WARMUP = 0.1
LAYOUT = {"held_out_tokens": 32768, "normalisation_tokens": 32768}
SYNTHETIC = {"source": "synthetic", **LAYOUT,
             "synthetic": {"d_in": 256, "dictionary_size": 4096, "active_latents": 64}}


def saelaw(folder, *arguments):
    done = subprocess.run([SAELAW, *map(str, arguments)], cwd=folder, text=True, capture_output=True)
    if done.returncode not in (0, 1):  # 1: a run that collapsed, which is a row too
        sys.exit(f"saelaw {' '.join(map(str, arguments))}: {done.returncode}\n{done.stderr[-2000:]}")


def captured(work, tokens):
    """The quickstart's vectors as shards."""
    sweep = ROOT / "experiments/quickstart.yaml"
    saelaw(work, "capture", sweep, "--tokens", tokens, "--out", "shards", "--db", "capture.db")
    return {"source": "shards", "shards": str(work / "shards"), "held_out_documents": 128, **LAYOUT}


def recipe(source, case):
    synthetic = source["source"] == "synthetic"
    return {
        "activations": source,
        "sae": {"d_sae": 2048 if synthetic else 1152},
        "training": {
            "batch_tokens": case["batch"], "lr": case["lr"], "lr_warmup": "16%",
            "adam": {"beta2": 0.99}, "threshold_lr": 1e-3, "evaluations": 20,
            "sparsity": {"target_l0": case["target"], "controller": True, "coefficient": 2e-3,
                         "warmup": WARMUP}},
        "run": {"tokens": case["tokens"], "seed": case["seed"]},
    }


def trained(work, source, case):
    (work / "run.yaml").write_text(yaml.safe_dump(recipe(source, case)))
    database = work / "runs.db"
    with sqlite3.connect(database) as db:
        known = db.execute("select count(*) from sqlite_master where name = 'results'").fetchone()[0]
        before = db.execute("select count(*) from results").fetchone()[0] if known else 0
    saelaw(work, "train", "run.yaml", "--db", database, "--threads", 1)
    with sqlite3.connect(database) as db:
        rows = db.execute("select run_id, result from results order by rowid").fetchall()
        if len(rows) != before + 1:
            sys.exit(f"no result of {case}")
        run, result = rows[-1][0], json.loads(rows[-1][1])
        curve = db.execute("select tokens, l0 from evaluations where run_id = ?", (run,)).fetchall()
    return result, curve


def row_of(name, case, result, curve):
    target = case["target"]
    settled = [l0 / target - 1 for tokens, l0 in curve
               if l0 is not None and tokens >= 2 * WARMUP * case["tokens"]]
    final = result["final"]
    figures = {"source": name, **case}
    if final["l0"] is None:
        return figures | {"l0": "", "end_miss": "", "largest_miss": "", "fvu": "", "dead": ""}
    return figures | {
        "l0": f"{final['l0']:.2f}", "end_miss": f"{final['l0'] / target - 1:+.4f}",
        "largest_miss": f"{max(settled, key=abs):+.4f}", "fvu": f"{final['fvu']:.4f}",
        "dead": f"{final['dead_fraction']:.4f}"}


def cases(name):
    sizes = (65536, 131072, 196608)
    rate = 1e-3 if name == "synthetic" else 2e-3
    for target, tokens, seed in itertools.product((32, 64, 128), sizes, range(3)):
        yield {"target": target, "tokens": tokens, "batch": 64, "lr": rate, "seed": seed}
    for batch, lr in itertools.product((64, 256), (5e-4, 1e-3, 2e-3, 4e-3, 8e-3)):
        if (batch, lr) == (64, rate):
            continue  # is there already
        yield {"target": 64, "tokens": sizes[-1], "batch": batch, "lr": lr, "seed": 0}


def main():
    if len(sys.argv) < 2 or len(sys.argv) > 3:
        sys.exit(__doc__)
    names = sys.argv[2:] or ["synthetic", "model"]
    with tempfile.TemporaryDirectory() as folder, open(sys.argv[1], "w", newline="") as out:
        work = pathlib.Path(folder)
        writer = None
        for name in names:
            source = SYNTHETIC if name == "synthetic" else captured(work, 196608)
            for case in cases(name):
                row = row_of(name, case, *trained(work, source, case))
                writer = writer or csv.DictWriter(out, row)
                if out.tell() == 0:
                    writer.writeheader()
                writer.writerow(row)
                out.flush()
                print(" ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
