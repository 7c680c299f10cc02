#!/usr/bin/env python3
"""Compares saelaw's loss, gradients and first step of Adam with SAELens' on fresh random cases, in
float64: JumpReLU with its penalties and input gradients, and TopK and BatchTopK with their
auxiliary loss and running threshold.

usage: check_parity.py SAELAW_SAE_GRADIENTS [CASES]; exit code 1 when any differs by over 1e-10.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import make_sae_vectors as of_thresholds
import make_top_k_vectors as of_kept
from make_sae_vectors import make_case

TOLERANCE = 1e-10


def fresh_case(seed):
    draw = random.Random(seed)
    d_sae = draw.randint(4, 60)
    objective = {
        "pre_encoder_bias": draw.random() < 0.5,
        "bandwidth": draw.uniform(0.05, 1.5),
        "coefficient": draw.uniform(0, 2),
        "input_gradients": draw.random() < 0.5,
    }
    shape = draw.choice(("l0", "l0", "tanh"))
    if shape == "tanh":
        objective |= {"penalty": "tanh", "tanh_scale": draw.uniform(0.5, 8)}
    elif draw.random() < 0.5:
        objective |= {"sparsity": "target-l0", "target_l0": draw.uniform(1, d_sae)}
    if draw.random() < 0.3:
        objective |= {"pre_acts": draw.uniform(0.01, 1)}
    return make_case(f"seed {seed}", seed, draw.randint(1, 40), draw.randint(2, 20), d_sae, **objective)


def fresh_kept_case(seed):
    """TopK or BatchTopK, in half of the cases with dead latents."""
    draw = random.Random(seed)
    d_sae = draw.randint(4, 60)
    tokens = draw.randint(1, 40)
    if draw.random() < 0.5:
        architecture, k = "topk", draw.randint(1, d_sae)
    else:
        architecture, k = "batch_topk", draw.uniform(1, d_sae)
    dead = draw.randint(1, d_sae) if draw.random() < 0.5 else 0
    bias = draw.random() < 0.5
    return of_kept.make_kept_case(
        f"kept, seed {seed}", seed, tokens, draw.randint(2, 20), d_sae, architecture, k,
        dead=dead, coefficient=draw.uniform(0.01, 2), pre_encoder_bias=bias,
    )


def ours(executable, case):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "case.json"
        path.write_text(json.dumps(case))
        return json.loads(subprocess.run([executable, path], check=True, capture_output=True).stdout)


def main():
    executable, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    first = random.SystemRandom().randrange(10**6)
    worst = 0.0
    kinds = ((fresh_case, of_thresholds), (fresh_kept_case, of_kept))
    for fresh, peer in kinds:
        for seed in range(first, first + count):
            case = fresh(seed)
            expected = peer.saelens(case)
            gap = peer.largest_difference(expected, ours(executable, case)) / max(1.0, expected["mse"])
            worst = max(worst, gap)
            if gap > TOLERANCE:
                sys.exit(f"{case['name']}: differs from SAELens by {gap:.3g} of the loss")
    print(f"{count * len(kinds)} cases agree with SAELens; largest difference {worst:.3g} of the loss")


if __name__ == "__main__":
    main()
