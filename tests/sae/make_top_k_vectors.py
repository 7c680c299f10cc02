#!/usr/bin/env python3
"""Writes tests/sae/data/top_k_cases.json: small float64 cases of SAEs that keep k latents, and of
the auxiliary loss for dead ones, with loss, gradients, running threshold and one step of Adam.

Two sources, independent of the C++ code: `reference`, which spells the formulas out token by token
and latent by latent in plain Python, and SAELens' TopKTrainingSAE and BatchTopKTrainingSAE (6.54.12)
with torch.optim.Adam, where it has such a case: it has no auxiliary loss of this form for JumpReLU.
Both must agree to 1e-12. Run with the peers' Python: .deps/peers/bin/python tests/sae/make_top_k_vectors.py
"""

import pathlib
import random

from make_sae_vectors import adam_of, difference, make_case, moved, write, zeros_like

OUTPUT = pathlib.Path(__file__).parent / "data" / "top_k_cases.json"
NAMES = ("w_enc", "b_enc", "w_dec", "b_dec")
THRESHOLD_RATE = 0.01


def make_kept_case(name, seed, tokens, d_in, d_sae, architecture, k, dead=0, coefficient=0.25, **objective):
    """`dead` latents are dead; coefficient: of the auxiliary loss."""
    case = make_case(name, seed, tokens, d_in, d_sae, **objective)
    draw = random.Random(seed + 1000)
    chosen = set(draw.sample(range(d_sae), dead))
    case |= {
        "architecture": architecture,
        "k": k,
        "auxiliary": coefficient if dead else 0.0,
        "dead": [1.0 if j in chosen else 0.0 for j in range(d_sae)],
    }
    if architecture != "jump_relu":
        case |= {"coefficient": 0.0}
        del case["theta"]
    return case


def cases():
    return [
        make_kept_case("topk", 11, 6, 5, 9, "topk", 3),
        make_kept_case("topk, no pre-encoder bias", 12, 5, 4, 7, "topk", 2, pre_encoder_bias=False),
        make_kept_case("topk, more than are positive", 13, 4, 5, 6, "topk", 6),
        make_kept_case("batch_topk", 14, 7, 5, 9, "batch_topk", 2.5),
        make_kept_case("batch_topk, no pre-encoder bias", 15, 6, 4, 8, "batch_topk", 1.5, pre_encoder_bias=False),
        make_kept_case("topk, few dead", 16, 6, 8, 12, "topk", 3, dead=2),
        make_kept_case("topk, many dead", 17, 6, 4, 12, "topk", 3, dead=7),
        make_kept_case("batch_topk, dead", 18, 6, 8, 12, "batch_topk", 2.5, dead=5),
        make_kept_case("jump_relu, dead", 19, 6, 6, 10, "jump_relu", 0, dead=4),
    ]


def forward(case):
    """Inputs, pre-activations, latents and errors, token by token."""
    x, w_enc, w_dec = case["x"], case["w_enc"], case["w_dec"]
    d_in, d_sae = len(x[0]), len(w_dec)
    bias = case["b_dec"] if case["pre_encoder_bias"] else [0.0] * d_in
    inputs = [[row[i] - bias[i] for i in range(d_in)] for row in x]
    pre = [[sum(r[i] * w_enc[i][j] for i in range(d_in)) + case["b_enc"][j] for j in range(d_sae)] for r in inputs]
    if case["architecture"] == "topk":
        cuts = [sorted(row, reverse=True)[case["k"] - 1] for row in pre]
    elif case["architecture"] == "batch_topk":
        values = sorted((p for row in pre for p in row), reverse=True)
        cuts = [values[int(case["k"] * len(x)) - 1]] * len(x)
    if case["architecture"] == "jump_relu":
        on = [[p > t for p, t in zip(row, case["theta"])] for row in pre]
    else:
        on = [[p >= cut and p > 0 for p in row] for row, cut in zip(pre, cuts)]
    latents = [[p if o else 0.0 for p, o in zip(row, mask)] for row, mask in zip(pre, on)]
    errors = [
        [sum(z[j] * w_dec[j][i] for j in range(d_sae)) + case["b_dec"][i] - row[i] for i in range(d_in)]
        for z, row in zip(latents, x)
    ]
    return inputs, pre, on, latents, errors


def auxiliary(case, pre, errors):
    """Chosen dead latents of each token, what they miss, and the weight of the loss."""
    d_in, w_dec = len(errors[0]), case["w_dec"]
    dead = [j for j, is_dead in enumerate(case["dead"]) if is_dead]
    wanted = d_in // 2
    weight = case["auxiliary"] * min(len(dead) / wanted, 1.0)
    chosen = [sorted(dead, key=lambda j: -row[j])[: min(wanted, len(dead))] for row in pre]
    miss = [
        [sum(row[j] * w_dec[j][i] for j in js) + error[i] for i in range(d_in)]
        for row, js, error in zip(pre, chosen, errors)
    ]
    return chosen, miss, weight


def reference(case):
    """Loss and gradients by their definitions (Gao et al. 2024; Bussmann et al. 2024)."""
    x, w_enc, w_dec = case["x"], case["w_enc"], case["w_dec"]
    tokens, d_in, d_sae = len(x), len(x[0]), len(w_dec)
    inputs, pre, on, latents, errors = forward(case)
    grads = {name: zeros_like(case[name]) for name in NAMES}

    def back(t, j, latent, d_latent, error, scale, active):
        for i in range(d_in):
            grads["w_dec"][j][i] += latent * scale * error[i]
        d_pre = d_latent if active else 0.0
        grads["b_enc"][j] += d_pre
        for i in range(d_in):
            grads["w_enc"][i][j] += inputs[t][i] * d_pre
            if case["pre_encoder_bias"]:
                grads["b_dec"][i] -= d_pre * w_enc[i][j]

    for t in range(tokens):
        for i in range(d_in):
            grads["b_dec"][i] += 2 / tokens * errors[t][i]
        for j in range(d_sae):
            d_latent = sum(2 / tokens * errors[t][i] * w_dec[j][i] for i in range(d_in))
            back(t, j, latents[t][j], d_latent, errors[t], 2 / tokens, on[t][j])
    answer = {
        "mse": sum(e * e for row in errors for e in row) / tokens,
        "l0": sum(sum(row) for row in on) / tokens,
        "auxiliary": 0.0,
    }
    if case["auxiliary"] > 0:
        chosen, miss, weight = auxiliary(case, pre, errors)
        answer["auxiliary"] = weight * sum(m * m for row in miss for m in row) / tokens
        for t in range(tokens):
            for j in chosen[t]:
                d_latent = sum(2 * weight / tokens * miss[t][i] * w_dec[j][i] for i in range(d_in))
                back(t, j, pre[t][j], d_latent, miss[t], 2 * weight / tokens, True)
    if case["architecture"] == "batch_topk":
        answer["running_threshold"] = THRESHOLD_RATE * min(z for row in latents for z in row if z > 0)
    return {**answer, "gradients": grads, "moved": moved(case, grads, NAMES)}


def saelens(case):
    """The same from SAELens, or None where it has no such case."""
    if case["architecture"] == "jump_relu":
        return None
    import torch
    from sae_lens.saes.batchtopk_sae import BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig
    from sae_lens.saes.sae import TrainStepInput
    from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig

    of_batch = case["architecture"] == "batch_topk"
    kind, config = (BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig) if of_batch else (TopKTrainingSAE, TopKTrainingSAEConfig)
    model = kind(
        config(
            d_in=len(case["w_enc"]),
            d_sae=len(case["w_dec"]),
            k=case["k"],
            dtype="float64",
            device="cpu",
            apply_b_dec_to_input=case["pre_encoder_bias"],
            aux_loss_coefficient=case["auxiliary"],
            rescale_acts_by_decoder_norm=False,  # saelaw keeps the norms at 1
        )
    )
    parameters = dict(zip(NAMES, (model.W_enc, model.b_enc, model.W_dec, model.b_dec)))
    for name, parameter in parameters.items():
        parameter.data = torch.tensor(case[name], dtype=torch.float64)
    output = model.training_forward_pass(
        TrainStepInput(
            sae_in=torch.tensor(case["x"], dtype=torch.float64),
            coefficients={},
            dead_neuron_mask=torch.tensor(case["dead"]).bool(),
            n_training_steps=0,
            is_logging_step=False,
        )
    )
    optimiser = adam_of(model)
    output.loss.backward()
    answer = {
        "mse": output.losses["mse_loss"].item(),
        "l0": (output.feature_acts > 0).double().sum(-1).mean().item(),
        "auxiliary": output.losses["auxiliary_reconstruction_loss"].item(),
        "gradients": {name: parameter.grad.tolist() for name, parameter in parameters.items()},
    }
    if of_batch:
        answer["running_threshold"] = model.topk_threshold.item()
    optimiser.step()
    answer["moved"] = {name: parameter.tolist() for name, parameter in parameters.items()}
    return answer


def largest_difference(a, b):
    worst = max(abs(a[key] - b[key]) for key in a if not isinstance(a[key], dict))
    for part in ("gradients", "moved"):
        worst = max([worst] + [difference(a[part][n], b[part][n]) for n in NAMES])
    return worst


if __name__ == "__main__":
    write(OUTPUT, "make_top_k_vectors.py", cases(), reference, saelens, largest_difference)
