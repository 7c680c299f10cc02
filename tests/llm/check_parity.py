"""Compares our forward pass with transformers', hook by hook, on a real model.

One line per check; exit status 1 when a relative difference |ours - theirs| / |theirs| exceeds
1e-4 in fp32. With --bf16 both round at their own places, and so differ from each other by as much
as from the truth: the reference is then an fp32 pass over the same bf16 weights, and ours may be
no further from it than transformers' own bf16 pass is. --speed measures both on 8 sequences of 256
tokens, alternating, and prints tokens per second.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
from safetensors.torch import load_file

import llm_peers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def ours(program, verb, model, tokens, layers, precision, last, folder):
    path = os.path.join(folder, "tokens.npy")
    np.save(path, tokens.numpy().reshape(-1))
    return [program, verb, model, path, str(tokens.shape[1]), str(layers), precision, last]


def compare(name, got, expected, tolerance):
    """Over all positions, and at the worst one: a few positions have states that dwarf the rest."""
    difference = (got - expected).norm(dim=-1)
    error = difference.norm().item() / expected.norm().item()
    worst = (difference / expected.norm(dim=-1)).max().item()
    passed = got.shape == expected.shape and error <= tolerance and worst <= tolerance
    print(f"{'ok  ' if passed else 'FAIL'} {name:14s} relative difference {error:.1e}, at the worst "
          f"position {worst:.1e} (at most {tolerance:.0e})", flush=True)
    return passed


def compare_roundings(name, got, theirs, truth):
    """Ours must be as near to the truth as theirs."""
    own, other = ((x - truth).norm().item() / truth.norm().item() for x in (got, theirs))
    passed = got.shape == truth.shape and own <= other
    print(f"{'ok  ' if passed else 'FAIL'} {name:14s} relative difference from fp32 {own:.1e} "
          f"(at most transformers' {other:.1e})", flush=True)
    return passed


def check(options, peer, tokens, folder):
    layers = peer.config.num_hidden_layers
    out = os.path.join(folder, "states.safetensors")
    precision = "bf16" if options.bf16 else "fp32"
    subprocess.run(ours(options.program, "states", options.model, tokens, layers, precision, out,
                        folder), check=True)
    got = load_file(out)
    expected = llm_peers.states(peer, tokens, options.layers)
    if not options.bf16:
        for hook in llm_peers.HOOKS:
            expected[f"zeroed.{hook}"] = llm_peers.zeroed_losses(peer, tokens, layers // 2, hook)
        return all([compare(name, got[name], expected[name], 1e-4) for name in expected])
    for parameter in peer.parameters():  # the rotary frequencies stay fp32 as they are
        parameter.data = parameter.data.float()
    truth = llm_peers.states(peer, tokens, options.layers)
    return all([compare_roundings(name, got[name], expected[name], truth[name]) for name in truth])


@torch.inference_mode()
def speed(options, peer, tokens, folder):
    """Both forwards of the first blocks, in turn, so that the machine's noise hits both."""
    precision = "bf16" if options.bf16 else "fp32"
    torch.set_num_threads(options.threads)
    peer.model.layers = peer.model.layers[:options.layers]
    command = ours(options.program, "time", options.model, tokens, options.layers, precision,
                   str(options.threads), folder)
    seconds = {"ours": [], "transformers": []}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        for _ in range(options.repeats + 1):
            process.stdin.write("\n")
            process.stdin.flush()
            seconds["ours"].append(float(process.stdout.readline()))
            start = time.perf_counter()
            peer.model(tokens, use_cache=False)
            seconds["transformers"].append(time.perf_counter() - start)
        process.stdin.close()
    for name, times in seconds.items():
        times = times[1:]
        rate = tokens.numel() / statistics.median(times)
        print(f"{precision} {name:12s} {rate:7.0f} tokens/s (median of {len(times)}, best "
              f"{tokens.numel() / min(times):.0f})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="GGUF file or Hugging Face folder")
    parser.add_argument("--program", default=os.path.join(ROOT, "build/cpu/bin/saelaw-llm-activations"))
    parser.add_argument("--layers", type=int, default=15, help="hooks of the first layers")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    peer = llm_peers.load(options.model, torch.bfloat16 if options.bf16 else torch.float32)
    generator = torch.Generator().manual_seed(0)
    shape = (8, 256) if options.speed else (2, 64)
    tokens = torch.randint(peer.config.vocab_size, shape, generator=generator)
    with tempfile.TemporaryDirectory() as folder:
        if options.speed:
            return speed(options, peer, tokens, folder)
        return 0 if check(options, peer, tokens, folder) else 1


if __name__ == "__main__":
    sys.exit(main())
