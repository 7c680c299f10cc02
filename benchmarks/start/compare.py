#!/usr/bin/env python3
"""What the start of an SAE does to its final loss: today's (b_dec 0, W_enc the transpose of W_dec),
the bias at the mean, and the encoder scaled so that the first reconstruction is no larger than the input.

  benchmarks/start/compare.py [--out FILE.csv]     about ten minutes on two cores

Synthetic vectors of d_in 64, 8 of 512 directions active; warm-up and coefficient as by default, each
rate trained with the same five seeds under every start. Ratios are paired by seed.
"""
import argparse
import csv
import math
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAELAW = ROOT / "build/cpu/bin/saelaw"
D_IN, SEEDS, RATES = 64, 5, ("5e-4", "2e-3")
WIDTHS = (2, 4, 8, 16, 64, 128)

SWEEP = """\
name: start
activations:
  source: synthetic
  synthetic: {{d_in: {d_in}, dictionary_size: 512, active_latents: 8}}
  held_out_tokens: 8Ki
sae: {{d_sae: {d_sae}{start}}}
training: {{batch_tokens: 256, lr: {lr}, adam: {{beta2: 0.99}}, evaluations: 10}}
study: {{loss_law: {{tokens: [{tokens}, {tokens2}], seeds: {seeds}}}, lr_law: none, hold_out: none}}
target: {{tokens: 2Mi}}
execution: {{dense_above: 0.1, threads: 1}}
"""


def fitting_scale(width):
    q = width / 2
    return min(1, 1 / math.sqrt(q * q + q))


STARTS = (("as before", "zeros", lambda width: 1), ("bias at the mean", "mean", lambda width: 1),
          ("encoder scaled", "zeros", fitting_scale), ("both", "mean", fitting_scale),
          ("default", None, None))  # what a sweep gets that names neither


def train(folder, width, rate, bias, scale, tokens):
    """Results by (tokens, seed)."""
    named = "" if bias is None else f", b_dec_init: {bias}, w_enc_init_scale: {scale:.6g}"
    sweep = SWEEP.format(d_in=D_IN, d_sae=width * D_IN, start=named, lr=rate,
                         tokens=tokens, tokens2=4 * tokens, seeds=SEEDS)
    path = folder / "start.yaml"
    path.write_text(sweep)
    database = folder / f"{width}-{rate}-{bias}-{scale}.db"
    done = subprocess.run([SAELAW, "run", path, "--db", database], capture_output=True,
                          env={**os.environ, "SAELAW_CACHE": str(folder / "cache")})
    with sqlite3.connect(database) as db:
        rows = db.execute("select r.spec, s.result from results s join runs r on r.id = s.run_id")
        rows = rows.fetchall()
    found = {}
    for spec, result in rows:
        spec, result = json.loads(spec), json.loads(result)
        found[result["tokens"], spec["seed"]] = result
    if not found:
        raise SystemExit(done.stderr.decode()[-2000:])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="-")
    parser.add_argument("--widths", type=int, nargs="*", default=WIDTHS)
    parser.add_argument("--tokens", type=int, default=65536)
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for width in arguments.widths:
            for rate in RATES:
                before = None
                for start, bias, scale in STARTS:
                    runs = train(folder, width, rate, bias, scale and scale(width), arguments.tokens)
                    before = before or runs
                    for tokens in sorted({key[0] for key in runs}):
                        keys = [key for key in runs if key[0] == tokens]
                        logs = [math.log(runs[k]["final"]["loss"] / before[k]["final"]["loss"])
                                for k in keys if runs[k]["final"]["loss"] and before[k]["final"]["loss"]]
                        mean = lambda part: statistics.mean(runs[k]["final"][part] for k in keys)
                        rows.append([width, rate, tokens, start, f"{mean('loss'):.5g}", f"{mean('l0'):.4g}",
                                     f"{mean('fvu'):.4g}", f"{mean('dead_fraction'):.3g}",
                                     f"{100 * math.expm1(statistics.mean(logs)):+.2f}",
                                     f"{100 * statistics.stdev(logs) / math.sqrt(len(logs)):.2f}"])
                        print(*rows[-1], sep="\t", flush=True)
    head = ["times_d_in", "lr", "tokens", "start", "loss", "l0", "fvu", "dead_fraction",
            "loss_against_before_percent", "standard_error_percent"]
    if arguments.out != "-":
        with open(arguments.out, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)


if __name__ == "__main__":
    main()
