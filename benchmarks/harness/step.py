"""Tokens per second of whole training steps, metrics included: saelaw and what its users could
pick instead, each in its default (fp32) and its best setting (bf16). With --device cuda on a GPU."""

import json
import subprocess
from dataclasses import dataclass, replace

import machine
from benchmark import Benchmark, fastest, ratio_of, speed, times
from turns import Side

PEERS = ("saelens", "dictionary_learning", "notebook")
FUSED = "notebook bf16,fused-adam"
FAST = ("saelens bf16", "dictionary_learning bf16", "notebook bf16", FUSED)
ALL = (*(f"{peer} fp32" for peer in PEERS), *FAST)
FIRST_STEPS = 0.001  # the threshold at which every SAE here begins: half of the latents fire
L0 = 64
OURS = "saelaw bf16"
KEPT = "saelaw bf16,batch_topk"
BEFORE = "saelaw bf16, the other build"
AGAINST_ROUNDS = 9  # cheap without peers, and the two differ by little


@dataclass
class Case:
    name: str
    d_in: int
    d_sae: int
    batch_tokens: int
    peers: tuple
    rounds: int
    steps: int        # of a peer, per turn
    saelaw_steps: int  # at least 10 where few latents fire: the first turn ends on that path
    at_least: float   # times the best peer
    aim: float
    threshold: float = None  # None: such that L0 latents fire
    kept: int = None         # latents a token that a BatchTopK keeps, beside the JumpReLU


CASES = (
    Case("large", 2048, 16384, 1024, ALL, 3, 1, 10, 14, 21),
    Case("large, batch 4096", 2048, 16384, 4096, ("saelens bf16", "notebook bf16", FUSED),
         3, 1, 10, 16, 25),
    Case("small", 576, 4608, 2048, ALL, 5, 2, 40, 10, 15),
    # BatchTopK at the JumpReLU's L0: beside saelaw's own JumpReLU first.
    Case("large, BatchTopK", 2048, 16384, 1024, ("saelens bf16,batch_topk",), 5, 1, 10, 14, 21,
         kept=L0),
    Case("small, BatchTopK", 576, 4608, 2048, ("saelens bf16,batch_topk",), 5, 2, 40, 10, 15,
         kept=L0),
    Case("large, first steps", 2048, 16384, 1024, FAST, 3, 1, 3, 3.5, 4.3, FIRST_STEPS),
    Case("small, first steps", 576, 4608, 2048, FAST, 5, 2, 10, 3.5, 4.3, FIRST_STEPS),
)

# On a GPU: a turn is long enough that its beginning and end do not show.
GPU_PEERS = ("saelens fp32", "saelens tf32", "saelens bf16", "saelens bf16,compile", "notebook bf16",
             FUSED)
GPU_CASES = (
    Case("L0 64", 2048, 16384, 4096, GPU_PEERS, 5, 20, 200, 10, 15),
    Case("first steps", 2048, 16384, 4096, ("saelens bf16", "saelens bf16,compile", FUSED), 3, 20, 200,
         3.5, 4.3, FIRST_STEPS),
)


def without_bf16(case):
    """On a CPU without its instructions PyTorch's bf16 takes minutes a step: the peers' best is fp32."""
    fp32 = [name.replace("bf16", "fp32") for name in case.peers]
    return replace(case, peers=tuple(dict.fromkeys(fp32)))


def shrunk(case):
    kept = min(case.kept, case.d_sae // 128) if case.kept else None
    return replace(case, d_in=case.d_in // 16, d_sae=case.d_sae // 16, batch_tokens=64, rounds=1,
                   steps=1, kept=kept)


class Vectors:
    """One file for each size, made once."""

    def __init__(self, benchmark):
        self.benchmark, self.made = benchmark, {}

    def of(self, case):
        """(path, threshold)"""
        size = (case.d_in, case.d_sae)
        if size not in self.made:
            path = self.benchmark.path(f"vectors-{case.d_in}-{case.d_sae}.safetensors")
            command = self.benchmark.peer(
                "make_vectors", path=path, d_in=case.d_in, d_sae=case.d_sae,
                tokens=8192 if self.benchmark.device == "cpu" else 16384,
                l0=min(L0, case.d_sae // 8))
            self.benchmark.say(f"drawing vectors of {case.d_in} dimensions")
            made = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            self.made[size] = (path, made["threshold"])
        path, threshold = self.made[size]
        return path, case.threshold or threshold


def saelaw_side(benchmark, case, path, threshold, precision, build=None, kept=None):
    command = [benchmark.binary("saelaw-bench-step", build), path, case.batch_tokens, case.saelaw_steps,
               benchmark.threads, precision, threshold, benchmark.device, *([kept] if kept else [])]
    name = BEFORE if build else KEPT if kept else f"saelaw {precision}"
    return Side(name, [str(part) for part in command],
                case.saelaw_steps * case.batch_tokens, unit="tokens",
                steps_per_turn=case.saelaw_steps)


def peer_side(benchmark, case, path, threshold, name):
    script, setting = name.split()
    command = benchmark.peer(f"{script}_step", vectors=path, batch_tokens=case.batch_tokens,
                             steps=case.steps, setting=setting, threshold=threshold, kept=case.kept,
                             device=benchmark.device)
    return Side(name, command, case.steps * case.batch_tokens, unit="tokens",
                steps_per_turn=case.steps)


def measure_against(benchmark, case, path, threshold):
    """This build and another one, in turns: whether a change costs speed."""
    sides = [saelaw_side(benchmark, case, path, threshold, "bf16"),
             saelaw_side(benchmark, case, path, threshold, "bf16", benchmark.against)]
    return benchmark.measure(sides + benchmark.gemm_sides(), AGAINST_ROUNDS)


def measure(benchmark, case, vectors):
    path, threshold = vectors.of(case)
    if benchmark.against:
        return measure_against(benchmark, case, path, threshold)
    both = set(case.peers) >= {f"{peer} fp32" for peer in PEERS}
    precisions = ("bf16", "fp32") if both else ("bf16",)
    sides = [saelaw_side(benchmark, case, path, threshold, precision) for precision in precisions]
    if case.kept:
        sides.append(saelaw_side(benchmark, case, path, threshold, "bf16", kept=case.kept))
    sides += [peer_side(benchmark, case, path, threshold, name) for name in case.peers]
    return benchmark.measure(sides + benchmark.gemm_sides(), case.rounds)


def row(case, name, record, verdict):
    if "l0" not in record:
        return [case.name, name, speed(record), "", "", ""]
    milliseconds = record["median_seconds"] / record["steps_per_turn"] * 1e3
    return [case.name, name, speed(record), f"{milliseconds:,.1f}", f"{record['l0']:.1f}", verdict]


def run(benchmark, case, vectors):
    """Measures and records one case; returns its rows of the table."""
    benchmark.say(f"{case.name}: d_in {case.d_in}, d_sae {case.d_sae}, batch {case.batch_tokens}")
    records = measure(benchmark, case, vectors)
    peer = BEFORE if benchmark.against else fastest(records, case.peers)
    ours = KEPT if KEPT in records else OURS
    ratio = ratio_of(records, ours, peer)
    benchmark.add(**vars(case), sides=records, best_peer=peer, ratio=ratio)
    verdict = f"{times(ratio)} {peer}"
    if not benchmark.against:
        verdict += f" (at least {case.at_least}, aim {case.aim})"
    if ours == KEPT:
        verdict += f"; {times(ratio_of(records, KEPT, OURS))} {OURS} (at least 0.91)"
    return [row(case, name, record, verdict if name == ours else "")
            for name, record in records.items()]


def main():
    benchmark = Benchmark("step", __doc__)
    vectors, table = Vectors(benchmark), []
    cases = CASES if benchmark.device == "cpu" else GPU_CASES
    if benchmark.device == "cpu" and not machine.has_bf16():
        benchmark.say("this CPU has no instructions for bf16: peers are measured in fp32 alone")
        cases = [without_bf16(case) for case in cases]
    for case in cases:
        if benchmark.wanted(case.name):
            table += run(benchmark, shrunk(case) if benchmark.quick else case, vectors)
    benchmark.finish(["case", "side", "speed", "ms/step", "L0", "against the best peer"], table)


if __name__ == "__main__":
    main()
