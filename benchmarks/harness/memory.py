"""Peak memory of one run above the same process before it: with its source ready (saelaw), or with
its libraries imported (peers). Each turn is a process of its own; the sides take turns."""

import jobs
import step
from benchmark import Benchmark
from turns import Side

AT_MOST = 1.25
OURS = "saelaw bf16"
PEERS = ("saelens fp32", "saelens bf16", "dictionary_learning fp32", "notebook bf16")
CASES = {case.name: case for case in step.CASES if case.name in ("large", "small")}
STEPS = 24  # of saelaw: dense at first, sparse then, evaluated and written; peers make two


def needed_bytes(case):
    """fp32 weights and v, bf16 copies of both matrices, two batches of fp32 activations."""
    matrices = 2 * case.d_in * case.d_sae
    parameters = matrices + 2 * case.d_sae + case.d_in
    return 4 * parameters + 4 * parameters + 2 * matrices + 2 * 4 * case.batch_tokens * case.d_in


def saelaw_side(benchmark, name, case, source):
    size = {"d_sae": case.d_sae, "batch_tokens": case.batch_tokens}
    job = jobs.train(benchmark, name, source, size, STEPS * case.batch_tokens, [1e-4])
    command = [benchmark.binary("saelaw-bench-memory"), job]
    return fresh(benchmark, OURS, command, turns=0)


def peer_sides(benchmark, case):
    """Two turns of a step, on two batches."""
    path, threshold = step.Vectors(benchmark).of(case)
    for name in PEERS:
        script, setting = name.split()
        command = benchmark.peer(
            f"{script}_step", vectors=path, batch_tokens=case.batch_tokens, most_batches=2, steps=1,
            setting=setting, threshold=threshold)
        yield fresh(benchmark, name, command, turns=2)


def fresh(benchmark, name, command, turns):
    return Side(name, benchmark.peer("fresh_process", command=command, turns=turns), work=1,
                unit="processes")


def run(benchmark, name, source, case, peers):
    """Measures and records one case; returns its rows of the table."""
    benchmark.say(name)
    sides = [saelaw_side(benchmark, name, case, source)]
    if peers:
        sides += peer_sides(benchmark, case)
    records = benchmark.measure(sides, rounds=3, warm_up=False)
    needed = needed_bytes(case)
    peak = records[OURS].get("peak_bytes")
    benchmark.add(name=name, d_in=case.d_in, d_sae=case.d_sae, batch_tokens=case.batch_tokens,
                  steps=STEPS, needed_bytes=needed, sides=records,
                  ratio=peak and peak / needed, at_most=AT_MOST)
    return [row(name, side, record, needed) for side, record in records.items()]


def row(name, side, record, needed):
    if "error" in record:
        return [name, side, "did not run", record["error"][:70]]
    peak = record["peak_bytes"]
    limit = f" (at most {AT_MOST})" if side == OURS else ""
    return [name, side, f"{peak / 2**20:,.0f} MiB",
            f"{peak / needed:.2f} times {needed / 2**20:,.0f} MiB{limit}"]


def main():
    benchmark = Benchmark("memory", __doc__)
    table = []
    large, small = CASES["large"], CASES["small"]
    if benchmark.quick:
        large, small = step.shrunk(large), step.shrunk(small)
        small.d_in = jobs.D_IN
    for name, source, case, peers in (
            ("synthetic, large", jobs.synthetic(large.d_in), large, True),
            ("SmolLM2, small", jobs.smollm2(), small, False)):
        if benchmark.wanted(name):
            table += run(benchmark, name, source, case, peers and not benchmark.options.ours)
    benchmark.finish(["case", "side", "peak above idle", "of what is needed"], table)


if __name__ == "__main__":
    main()
