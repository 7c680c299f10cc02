"""Whether the fast path (bf16 kernels) ends where the reference (fp32, dense, plain LibTorch) ends:
the same runs with eight seeds on both, and the mean difference of loss and L0 with its interval.
Where thresholds are high, so on every path that the machine has, dense and sparse throughout."""

import dataclasses
import json
import math
import pathlib
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy
from safetensors import safe_open

import jobs
import machine
from benchmark import Benchmark

SEEDS = 8
STUDENT_T = 2.365  # 97.5 % quantile for 7 degrees of freedom
LIMITS = {"loss": 0.005, "l0": 0.03}  # of the reference's mean
# Steps of a CPU's own, and the instruction that says whether it has them.
PATHS = {"avx2": "avx2", "avx512": "avx512f", "avx512_bf16": "avx512_bf16", "amx": "amx_bf16"}
KINDS = {"dense": 0, "sparse": 1}  # dense_above: a run is never, or always, below it
# Above it bf16's numbers lie more than two windows apart: what strong latents are to exceed.
STRONG = 0.25


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    source: dict
    d_sae: int
    batch_tokens: int
    tokens: int
    lr: float
    rule: dict = dataclasses.field(default_factory=dict)
    threshold: float = 0.001  # at the start: the default
    every_path: bool = False  # dense and sparse on each of them, not as shipped alone
    judged: tuple = tuple(LIMITS)


def strong(name, active, **rule):
    """Few latents in each vector, whose mean norm is 4: the weakest adds two thirds to it."""
    source = jobs.synthetic(128) | {"active": active, "dictionary": 128, "norm": 4}
    return Case(f"strong latents, {name}", source, 256, 512, 1 << 19, 5e-4, rule, 0.3, True)


def few(name, active, **rule):
    """An L0 of 8 to 20 besides. It takes a rate at which two orders of sums drift apart by 1.5 to
    3 % of the loss in a run, so that eight seeds say nothing of 0.5 %: L0 alone is judged."""
    source = jobs.synthetic(256) | {"active": active, "dictionary": 256, "norm": 4}
    return Case(f"few strong latents, {name}", source, 512, 512, 1 << 19, 1e-3, rule, 0.3, True,
                ("l0",))


CASES = [
    Case("synthetic", jobs.synthetic(128), 1024, 512, 1 << 20, 3e-4),
    Case("SmolLM2", jobs.smollm2(), 1152, 512, 1 << 18, 5e-4),
    strong("coefficient 2e-2", 8, coefficient=2e-2),
    strong("target L0 10", 8, target_l0=10, coefficient=2e-2),
    few("coefficient 2e-2", 8, coefficient=2e-2),
    few("target L0 10", 8, target_l0=10, coefficient=2e-2),
]
HELD_OUT = 16384


def measured(benchmark, case):
    """The file of what saelaw measures of a source before a sweep."""
    job = jobs.write(benchmark, f"{case.name}-measure", kind="measure", d_sae=case.d_sae,
                     batch_tokens=case.batch_tokens,
                     **{key: value for key, value in case.source.items() if key != "norm"})
    subprocess.run([benchmark.binary("saelaw-trainer"), job, "--token", "t"], check=True,
                   stderr=subprocess.DEVNULL)
    return next(pathlib.Path(job).parent.glob("attempts/*/measurement.json"))


def job_of(benchmark, case, measurement, side, precision, **path):
    """A gang of SEEDS runs that differ in their seeds alone, on one path: from the default's
    threshold on, through the dense beginning into the sparse end, with the default's schedule."""
    tokens = case.tokens // 16 if benchmark.quick else case.tokens
    return pathlib.Path(jobs.write(
        benchmark, f"{case.name}-{side}", kind="train", precision=precision,
        tokens=tokens, lr=case.lr, seeds=SEEDS, schedule="cosine", threshold=case.threshold,
        bandwidth=jobs.BANDWIDTH, measured=measurement, d_sae=case.d_sae,
        batch_tokens=case.batch_tokens, **(case.source | {"held_out": HELD_OUT}), **case.rule,
        **path))


def runs_of(folder):
    """{run: (its seed, its weights' file)} of the weights that a job has written."""
    for path in folder.glob("attempts/*/sae-*.safetensors"):
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        yield path.name[4:-12], json.loads(header["__metadata__"]["run"])["seed"], path


def height_of(path):
    """Median of θ - b_enc over an SAE's latents: where pre-activations meet their thresholds."""
    with safe_open(path, "numpy") as weights:
        return float(numpy.median(weights.get_tensor("threshold") - weights.get_tensor("b_enc")))


def results_of(benchmark, job):
    """Final held-out loss and L0 of every seed, in the order of the seeds."""
    benchmark.say(job.parent.name)
    command = [benchmark.binary("saelaw-trainer"), str(job), "--token", "quality"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    found = {}
    for path in job.parent.glob("attempts/*/result-*.json"):
        result = json.loads(path.read_text())
        found[result["id"]] = {"loss": result["final"]["loss"], "l0": result["final"]["l0"]}
    runs = sorted(runs_of(job.parent), key=lambda item: item[1])
    return [found[run] | {"height": height_of(weights)} for run, _, weights in runs]


def compare(reference, fast, key):
    """Mean paired difference in parts of the reference's mean, with its 95 % interval."""
    level = sum(run[key] for run in reference) / SEEDS
    parts = [(a[key] - b[key]) / level for a, b in zip(fast, reference)]
    mean = sum(parts) / SEEDS
    spread = math.sqrt(sum((part - mean) ** 2 for part in parts) / (SEEDS - 1))
    half = STUDENT_T * spread / math.sqrt(SEEDS)
    return {"reference": level, "mean": mean, "interval": [mean - half, mean + half],
            "inside": abs(mean) + half <= LIMITS[key], "limit": LIMITS[key]}


def verdict(case, key, found):
    if key not in case.judged:
        return "not judged"
    return "inside" if found["inside"] else "OUTSIDE"


def sides_of(benchmark, case):
    """{name: how its steps are taken}"""
    if not case.every_path:
        return {"fast": {}}
    flags = machine.cpu()["flags"]
    paths = (["cuda"] if benchmark.device == "cuda"
             else [path for path, flag in PATHS.items() if flag in flags])
    return {f"{path}, {kind}": {"path": path, "dense_above": dense_above}
            for path in paths for kind, dense_above in KINDS.items()}


def runs_of_sides(benchmark, case, sides):
    """{side: its results}, the reference's too; several at once, as nothing is timed."""
    measurement = measured(benchmark, case)
    wanted = {"reference": ("fp32", {"path": "reference"})}
    wanted |= {side: ("bf16", how) for side, how in sides.items()}
    with ThreadPoolExecutor(benchmark.at_once) as pool:
        running = {side: pool.submit(results_of, benchmark, job_of(
            benchmark, case, measurement, side, precision, **how))
            for side, (precision, how) in wanted.items()}
        return {side: results.result() for side, results in running.items()}


def run(benchmark, case):
    sides = sides_of(benchmark, case)
    runs = runs_of_sides(benchmark, case, sides)
    rows = []
    for side in sides:
        found = {key: compare(runs["reference"], runs[side], key) for key in LIMITS}
        benchmark.add(name=case.name, side=side, d_sae=case.d_sae, batch_tokens=case.batch_tokens,
                      tokens=case.tokens, lr=case.lr, rule=case.rule, seeds=SEEDS,
                      held_out=HELD_OUT, sides={},
                      runs={"reference": runs["reference"], "fast": runs[side]}, **found)
        rows += [(case.name, side, key, f"{one['reference']:.5g}", f"{one['mean']:+.3%}",
                  f"{one['interval'][0]:+.3%} to {one['interval'][1]:+.3%}",
                  f"±{one['limit']:.1%}", verdict(case, key, one))
                 for key, one in found.items()]
    height = min(result["height"] for result in runs["reference"])
    if case.every_path and height <= STRONG and not benchmark.quick:
        benchmark.say(f"{case.name}: θ - b_enc is {height:.3f} at the least, not above {STRONG}: "
                      "this case shows nothing")
    return rows


def main():
    benchmark = Benchmark("quality", __doc__)
    if benchmark.device == "cpu":  # a thread for each gang
        benchmark.at_once, benchmark.threads = benchmark.threads, 1
    else:
        benchmark.at_once = 1
    rows = [row for case in CASES if benchmark.wanted(case.name) for row in run(benchmark, case)]
    benchmark.finish(("case", "side", "quantity", "reference", "difference", "95 % interval", "limit", ""),
                     rows)


if __name__ == "__main__":
    main()
