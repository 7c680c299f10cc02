#!/usr/bin/env python3
"""Compares saelaw's loss and gradients with SAELens' on fresh random cases, in float64.

usage: check_parity.py SAELAW_SAE_GRADIENTS [CASES]; exit code 1 when any differs by over 1e-10.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

from make_sae_vectors import largest_difference, make_case, saelens

TOLERANCE = 1e-10


def fresh_case(seed):
    draw = random.Random(seed)
    d_sae = draw.randint(4, 60)
    objective = {
        "pre_encoder_bias": draw.random() < 0.5,
        "bandwidth": draw.uniform(0.05, 1.5),
        "coefficient": draw.uniform(0, 2),
    }
    if draw.random() < 0.5:
        objective |= {"sparsity": "target-l0", "target_l0": draw.uniform(1, d_sae)}
    return make_case(f"seed {seed}", seed, draw.randint(1, 40), draw.randint(2, 20), d_sae, **objective)


def ours(executable, case):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "case.json"
        path.write_text(json.dumps(case))
        return json.loads(subprocess.run([executable, path], check=True, capture_output=True).stdout)


def main():
    executable, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    first = random.SystemRandom().randrange(10**6)
    worst = 0.0
    for seed in range(first, first + count):
        case = fresh_case(seed)
        expected = saelens(case)
        gap = largest_difference(expected, ours(executable, case)) / max(1.0, abs(expected["loss"]))
        worst = max(worst, gap)
        if gap > TOLERANCE:
            sys.exit(f"{case['name']}: differs from SAELens by {gap:.3g} of the loss")
    print(f"{count} cases agree with SAELens; largest difference {worst:.3g} of the loss")


if __name__ == "__main__":
    main()
