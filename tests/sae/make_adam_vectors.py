#!/ usr / bin / env python3
"""Writes tests/sae/data/adam.json: float64 trajectories of torch.optim.Adam (2.11), and of
torch.nn.utils.clip_grad_norm_. Run with .deps/peers/bin/python tests/sae/make_adam_vectors.py"""

import json
import pathlib

import torch

OUTPUT = pathlib.Path(__file__).parent / "data" / "adam.json"
STEPS = 6


def trajectory(beta1, beta2, epsilon, lr, clip):
    generator = torch.Generator().manual_seed(7)
    draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
    start = draw(3, 4)
    parameter = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([parameter], lr=lr, betas=(beta1, beta2), eps=epsilon)
    gradients, path = [], []
    for step in range(STEPS):
        gradient = draw(3, 4) * 10.0 ** (-2 * step)
        gradients.append(gradient.flatten().tolist())
        parameter.grad = gradient.clone()
        if clip > 0:
            torch.nn.utils.clip_grad_norm_([parameter], clip)
        optimiser.step()
        path.append(parameter.detach().flatten().tolist())
    return {
        "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "lr": lr, "clip": clip,
        "start": start.flatten().tolist(), "gradients": gradients, "path": path,
    }


def main():
    cases = [
        trajectory(0.0, 0.999, 1e-8, 0.01, 0.0),
        trajectory(0.9, 0.999, 1e-8, 0.01, 0.0),
        trajectory(0.0, 0.99, 1e-3, 0.1, 0.5),
    ]
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps({"source": "make_adam_vectors.py", "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
