"""Writes the vectors and the dictionary that all sides of benchmarks/step train on.

x = Σ a_i d_i + noise over the latents i active in a vector, each with probability
∝ (i+1)^-0.5 and 64 on average; a = 1 + |N(0, 1)|; d_i unit vectors; noise of 5 % of the norm;
scaled to unit mean squared norm. The SAE begins as that dictionary, so its latents fire as unevenly
as a trained one's. θ is the quantile of the pre-activations at which 64 latents fire.
usage: make_vectors.py '{"path", "d_in", "d_sae", "tokens", "l0"}'; prints {"threshold": θ}
"""

import json

import torch
from safetensors.torch import save_file

import protocol

CHUNK = 1024


def draw(dictionary, tokens, l0):
    d_sae, d_in = dictionary.shape
    frequency = (torch.arange(d_sae) + 1.0) ** -0.5
    frequency = (frequency * l0 / frequency.sum()).clamp(max=1)
    chunks = []
    for begin in range(0, tokens, CHUNK):
        size = min(CHUNK, tokens - begin)
        active = torch.rand(size, d_sae) < frequency
        x = (active * (1 + torch.randn(size, d_sae).abs())) @ dictionary
        chunks.append(x + 0.05 * x.norm(dim=1, keepdim=True) * torch.randn(size, d_in) / d_in**0.5)
    x = torch.cat(chunks)
    return x / x.square().sum(1).mean().sqrt()


def main():
    options = protocol.configuration()
    torch.manual_seed(0)
    dictionary = torch.randn(options["d_sae"], options["d_in"])
    dictionary /= dictionary.norm(dim=1, keepdim=True)
    x = draw(dictionary, options["tokens"], options["l0"])
    pre_acts = (x[:CHUNK] @ dictionary.T).flatten()
    silent = int(len(pre_acts) * (1 - options["l0"] / options["d_sae"]))
    save_file({"x": x, "w_dec": dictionary}, options["path"])
    print(json.dumps({"threshold": float(pre_acts.kthvalue(silent).values)}))


main()
