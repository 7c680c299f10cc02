#!/usr/bin/env python3
"""Writes tests/sae/data/sae_cases.json: small float64 cases with their loss, gradients and first
step of Adam.

Two sources, independent of the C++ code: `reference`, which spells the formulas out token by token
and latent by latent in plain Python, and SAELens' JumpReLUTrainingSAE with its autograd functions
and torch.optim.Adam (6.54.12, where it has such a case: it knows no logarithmic threshold). Both
must agree to 1e-12.
Run with the peers' Python: .deps/peers/bin/python tests/sae/make_sae_vectors.py
"""

import json
import math
import pathlib
import random

OUTPUT = pathlib.Path(__file__).parent / "data" / "sae_cases.json"
NAMES = ("w_enc", "b_enc", "w_dec", "b_dec", "threshold")
ADAM = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


def make_case(name, seed, tokens, d_in, d_sae, **objective):
    draw, of_dead = random.Random(seed), random.Random(seed + 500)
    gauss = lambda *shape: (
        [gauss(*shape[1:]) for _ in range(shape[0])] if shape else draw.gauss(0, 1)
    )
    thresholds = [draw.uniform(0.05, 0.6) for _ in range(d_sae)]  # some below bandwidth/2
    case = {
        "name": name,
        "pre_encoder_bias": True,
        "parametrisation": "raw",
        "bandwidth": 0.7,
        "sparsity": "coefficient",
        "coefficient": 0.13,
        "target_l0": 0.0,
        "input_gradients": False,
        "penalty": "l0",
        "tanh_scale": 4.0,
        "pre_acts": 0.0,  # coefficient of the auxiliary loss of dead latents
        "dead": [float(of_dead.random() < 0.4) for _ in range(d_sae)],
        "adam": ADAM,
        "x": gauss(tokens, d_in),
        "w_enc": gauss(d_in, d_sae),
        "b_enc": gauss(d_sae),
        "w_dec": gauss(d_sae, d_in),
        "b_dec": gauss(d_in),
        "theta": thresholds,
    }
    case.update(objective)
    if case["penalty"] == "tanh" or case["pre_acts"] > 0:
        # saelaw keeps these norms at 1, leaves them out of the losses that SAELens multiplies by
        # them, and takes the gradient along a row out: so are both compared.
        case["w_dec"] = [[w / math.hypot(*row) for w in row] for row in case["w_dec"]]
        case["unit_rows"] = True
    return case


def without_rows(w_dec, gradient):
    """The gradient without its part along each row."""
    along = [sum(w * g for w, g in zip(row, of_row)) for row, of_row in zip(w_dec, gradient)]
    return [[g - a * w for w, g in zip(row, of_row)] for row, of_row, a in zip(w_dec, gradient, along)]


def cases():
    return [
        make_case("plain", 1, 6, 5, 7, pre_encoder_bias=False),
        make_case("pre_encoder_bias", 2, 6, 5, 7),
        make_case("target_l0", 3, 8, 4, 9, sparsity="target-l0", target_l0=3.0),
        make_case("no_penalty", 4, 3, 3, 5, coefficient=0.0),
        make_case("log", 5, 6, 5, 7, parametrisation="log"),
        make_case("log_target_l0", 6, 6, 5, 7, parametrisation="log", sparsity="target-l0", target_l0=2.0),
        make_case("input_gradients", 7, 6, 5, 7, input_gradients=True),
        make_case("input_gradients_target_l0", 8, 8, 4, 9, sparsity="target-l0", target_l0=3.0, input_gradients=True),
        make_case("tanh", 9, 6, 5, 7, penalty="tanh"),
        make_case("tanh, input_gradients, log", 10, 6, 5, 7, penalty="tanh", tanh_scale=1.5, parametrisation="log", input_gradients=True),
        make_case("pre_acts", 11, 6, 5, 9, pre_acts=0.3),
        make_case("pre_acts, tanh, log", 12, 6, 5, 9, pre_acts=0.2, penalty="tanh", parametrisation="log"),
    ]


def zeros_like(value):
    return [zeros_like(v) for v in value] if isinstance(value, list) else 0.0


def reference(case):
    """Loss and gradients by their definitions (Rajamanoharan et al. 2024, arXiv 2407.14435), with
    input gradients, tanh and the loss of dead latents as in Anthropic's Circuits Updates of January
    2025."""
    x, w_enc, w_dec, theta = case["x"], case["w_enc"], case["w_dec"], case["theta"]
    tokens, d_in, d_sae = len(x), len(x[0]), len(theta)
    width, lam, target = case["bandwidth"], case["coefficient"], case["target_l0"]
    bias = case["b_dec"] if case["pre_encoder_bias"] else [0.0] * d_in
    grads = {
        "w_enc": zeros_like(w_enc), "b_enc": [0.0] * d_sae, "w_dec": zeros_like(w_dec),
        "b_dec": [0.0] * d_in, "threshold": [0.0] * d_sae,
    }
    mse = penalty = active = auxiliary = 0.0
    tanh = case["penalty"] == "tanh"
    for row in x:
        inputs = [row[i] - bias[i] for i in range(d_in)]
        pre = [sum(inputs[i] * w_enc[i][j] for i in range(d_in)) + case["b_enc"][j] for j in range(d_sae)]
        on = [p > t for p, t in zip(pre, theta)]
        latents = [p if o else 0.0 for p, o in zip(pre, on)]
        error = [sum(latents[j] * w_dec[j][i] for j in range(d_sae)) + case["b_dec"][i] - row[i] for i in range(d_in)]
        l0 = sum(on)
        mse += sum(e * e for e in error) / tokens
        active += l0 / tokens
        if tanh:
            costs = [math.tanh(case["tanh_scale"] * z) for z in latents]
            penalty += lam * sum(costs) / tokens
            slope = 0.0
        elif case["sparsity"] == "coefficient":
            penalty += lam * l0 / tokens
            slope = lam / tokens
        else:
            penalty += lam * 2 / target * (l0 - target) ** 2 / tokens
            slope = 4 * lam * (l0 - target) / target / tokens
        for i in range(d_in):
            grads["b_dec"][i] += 2 / tokens * error[i]
        for j in range(d_sae):
            d_latent = sum(2 / tokens * error[i] * w_dec[j][i] for i in range(d_in))
            if tanh:
                d_latent += lam / tokens * case["tanh_scale"] * (1 - costs[j] ** 2)
            kernel = 1.0 if abs(pre[j] - theta[j]) < width / 2 else 0.0
            jump = kernel / width * (theta[j] * d_latent + slope)
            d_pre = (d_latent if on[j] else 0.0) + (jump if case["input_gradients"] else 0.0)
            grads["threshold"][j] -= jump
            if case["pre_acts"] > 0 and case["dead"][j] and pre[j] < theta[j]:
                auxiliary += case["pre_acts"] / tokens * (theta[j] - pre[j])
                d_pre -= case["pre_acts"] / tokens
                grads["threshold"][j] += case["pre_acts"] / tokens
            grads["b_enc"][j] += d_pre
            for i in range(d_in):
                grads["w_dec"][j][i] += latents[j] * 2 / tokens * error[i]
                grads["w_enc"][i][j] += inputs[i] * d_pre
                if case["pre_encoder_bias"]:
                    grads["b_dec"][i] -= d_pre * w_enc[i][j]
    if case["parametrisation"] == "log":
        grads["threshold"] = [t * g for t, g in zip(theta, grads["threshold"])]
    if case.get("unit_rows"):
        grads["w_dec"] = without_rows(w_dec, grads["w_dec"])
    starts = {**case, "threshold": [math.log(t) for t in theta] if case["parametrisation"] == "log" else theta}
    return {
        "loss": mse + penalty, "mse": mse, "penalty": penalty, "l0": active, "auxiliary": auxiliary,
        "gradients": grads, "moved": moved(starts, grads, NAMES),
    }


def moved(starts, grads, names):
    """The parameters after Adam's first step: moments without bias are g and g²."""
    lr, epsilon = ADAM["lr"], ADAM["epsilon"]
    step = lambda w, g: w - lr * g / (abs(g) + epsilon)
    nested = lambda w, g: [nested(a, b) for a, b in zip(w, g)] if isinstance(w, list) else step(w, g)
    return {name: nested(starts[name], grads[name]) for name in names}


def adam_of(model):
    """torch's optimiser with the cases' constants, whose first step `moved` spells out."""
    import torch

    betas = (ADAM["beta1"], ADAM["beta2"])
    return torch.optim.Adam(model.parameters(), lr=ADAM["lr"], betas=betas, eps=ADAM["epsilon"])


def saelens(case):
    """The same from SAELens, or None where it has no such case."""
    if case["parametrisation"] == "log":
        return None
    import torch
    from sae_lens.saes.jumprelu_sae import JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig
    from sae_lens.saes.sae import TrainStepInput

    target = case["sparsity"] == "target-l0"
    mode = "tanh" if case["penalty"] == "tanh" else "quadratic" if target else "step"
    model = JumpReLUTrainingSAE(
        JumpReLUTrainingSAEConfig(
            d_in=len(case["w_enc"]),
            d_sae=len(case["theta"]),
            dtype="float64",
            device="cpu",
            apply_b_dec_to_input=case["pre_encoder_bias"],
            jumprelu_bandwidth=case["bandwidth"],
            jumprelu_sparsity_loss_mode=mode,
            jumprelu_tanh_scale=case["tanh_scale"],
            pre_act_loss_coefficient=case["pre_acts"] or None,
            target_l0=case["target_l0"] if target else None,
            l0_coefficient=case["coefficient"],
            jumprelu_ste_to_input=case["input_gradients"],
        )
    )
    parameters = dict(zip(NAMES, (model.W_enc, model.b_enc, model.W_dec, model.b_dec, model.threshold)))
    for name, parameter in parameters.items():
        key = "theta" if name == "threshold" else name
        parameter.data = torch.tensor(case[key], dtype=torch.float64)
    output = model.training_forward_pass(
        TrainStepInput(
            sae_in=torch.tensor(case["x"], dtype=torch.float64),
            coefficients={"l0": case["coefficient"]},
            dead_neuron_mask=torch.tensor(case["dead"]).bool(),
            n_training_steps=0,
            is_logging_step=False,
        )
    )
    optimiser = adam_of(model)
    output.loss.backward()
    if case.get("unit_rows"):
        rows = model.W_dec.data
        model.W_dec.grad -= (model.W_dec.grad * rows).sum(1, keepdim=True) * rows
    auxiliary = output.losses["pre_act_loss"].item() if case["pre_acts"] > 0 else 0.0
    answer = {
        "loss": output.loss.item() - auxiliary,
        "auxiliary": auxiliary,
        "mse": output.losses["mse_loss"].item(),
        "penalty": output.losses["l0_loss"].item(),
        "gradients": {name: parameter.grad.tolist() for name, parameter in parameters.items()},
    }
    optimiser.step()
    answer["moved"] = {name: parameter.tolist() for name, parameter in parameters.items()}
    return answer


def difference(a, b):
    """The largest difference between two nested lists or numbers."""
    if isinstance(a, list):
        return max((difference(x, y) for x, y in zip(a, b, strict=True)), default=0.0)
    return abs(a - b)


def largest_difference(a, b):
    worst = max(abs(a[key] - b[key]) for key in ("loss", "mse", "penalty", "auxiliary"))
    for part in ("gradients", "moved"):
        worst = max([worst] + [difference(a[part][n], b[part][n]) for n in NAMES])
    return worst


def write(output, script, cases, reference, saelens, largest_difference):
    """Writes the cases with what the reference says of them, once SAELens says the same."""
    written = []
    for case in cases:
        expected = reference(case)
        peer = saelens(case)
        if peer is not None:
            gap = largest_difference(peer, expected)
            assert gap < 1e-12, (case["name"], gap)
        written.append({**case, "expected": expected, "saelens": peer is not None})
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps({"source": f"{script}; SAELens 6.54.12", "cases": written}) + "\n")
    print(f"wrote {len(written)} cases to {output}")


if __name__ == "__main__":
    write(OUTPUT, "make_sae_vectors.py", cases(), reference, saelens, largest_difference)
