"""A whole sweep by each of the paths that a CPU's steps may take: what the sweep names is what every job
has, the numbers agree, and a path that the CPU has not is refused before anything is trained.

  tests/app/kernels.py [SAELAW]
"""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAELAW = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/cpu/bin/saelaw").resolve()
NEEDS = {"reference": [], "avx2": ["avx2", "fma"], "avx512": ["avx512f", "avx512bw"], "avx512_bf16": ["avx512_bf16"],
         "amx": ["amx_bf16"]}

SWEEP = """
activations: {source: synthetic, synthetic: {d_in: 24}, held_out_tokens: 256, normalisation_tokens: 256}
sae: {d_sae: 64, threshold: {init: 0.05}, bandwidth: 0.05}
training: {batch_tokens: 64, lr: 4e-3, evaluations: 1, precision: PRECISION}
study:
  loss_law: {tokens: [2048, 4096]}
  lr_law: {points: 3, max_widenings: 0}
  hold_out: none
target: {tokens: 16384}
execution: {kernels: KERNELS, dense_above: 0.2}
"""


def run(folder, kernels, precision):
    """Exit code, what was said, and the loss and L0 of each run."""
    pathlib.Path(folder, "s.yaml").write_text(SWEEP.replace("KERNELS", kernels).replace("PRECISION", precision))
    done = subprocess.run([SAELAW, "run", "s.yaml", "--db", "t.db"], cwd=folder, capture_output=True, text=True,
                          env=dict(os.environ, SAELAW_CACHE=folder + "/cache"), timeout=600)
    base = sqlite3.connect(f"file:{folder}/t.db?mode=ro", uri=True)
    results = base.execute("SELECT run_id, loss, l0 FROM results ORDER BY run_id").fetchall()
    paths = {json.loads(job)["tuning"]["path"] for job, in base.execute("SELECT job FROM jobs WHERE kind = 'train'")}
    assert paths == {kernels}, paths
    return done.returncode, done.stderr, results


flags = set(next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "").split())
for precision in ("fp32", "bf16"):
    expected = None
    for kernels, needed in NEEDS.items():
        with tempfile.TemporaryDirectory() as work:
            code, said, results = run(work, kernels, precision)
        if not flags.issuperset(needed):
            assert code == 78 and f"on the path '{kernels}'" in said and not results, (code, said, results)
            print(f"{kernels}: refused, this CPU has it not")
            continue
        assert code == 0 and len(results) >= 5, (code, said, results)
        expected = expected or results
        assert [run for run, *_ in results] == [run for run, *_ in expected], "a path renames runs"
        near = 1e-3 if precision == "fp32" else 2e-2
        off = max(abs(got / want - 1) for row, other in zip(results, expected) for got, want in zip(row[1:], other[1:]))
        assert off < near, (kernels, precision, off)
        print(f"{kernels} in {precision}: {len(results)} runs, at most {off:.1e} off the reference in loss and L0")
