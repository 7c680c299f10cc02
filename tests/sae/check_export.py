#!/usr/bin/env python3
"""Runs the two pieces of Python in docs/weights.md on an exported SAE of each architecture: what
SAELens makes of it must be what the formulas of the page give, and as sparse as it was trained.

usage: check_export.py SAELAW
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import torch

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "weights.md"
TOLERANCE = 1e-5  # fp32, of the vectors' norm
KINDS = {
    "jump_relu": "  bandwidth: 0.02\n  threshold: {init: 0.02}\n",
    "topk": "  architecture: topk\n  k: 8\n",
    "batch_topk": "  architecture: batch_topk\n  k: 8\n",
}


def configuration(kind):
    return (
        "activations:\n  source: synthetic\n  synthetic: {d_in: 64, dictionary_size: 256}\n"
        f"sae:\n  d_sae: 192\n{KINDS[kind]}"
        "training:\n  batch_tokens: 128\n  lr: 4e-3\nrun:\n  tokens: 64Ki\n"
    )


def pieces():
    """The page's pieces of Python: by formulas, and by SAELens."""
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


def check(saelaw, kind, folder):
    (folder / "run.yaml").write_text(configuration(kind))
    weights = folder / "sae.safetensors"
    subprocess.run(
        [saelaw, "train", folder / "run.yaml", "--db", folder / "t.db", "--out", weights],
        check=True, capture_output=True, cwd=folder,
    )
    torch.manual_seed(1)
    names = {"x": torch.randn(256, 64)}
    by_formulas, by_saelens = pieces()
    exec(by_formulas.replace("sae.safetensors", str(weights)), names)
    expected = names["recons"]
    exec(by_saelens, names)
    gap = (names["recons"] - expected).norm().item() / names["x"].norm().item()
    if not gap < TOLERANCE:
        sys.exit(f"{kind}: SAELens differs from docs/weights.md by {gap:.3g} of the vectors' norm")
    return gap


def main():
    worst = 0.0
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            worst = max(worst, check(pathlib.Path(sys.argv[1]).resolve(), kind, pathlib.Path(folder)))
    print(f"SAELens loads {len(KINDS)} architectures; largest difference {worst:.3g} of the vectors' norm")


if __name__ == "__main__":
    main()
