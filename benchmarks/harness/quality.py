"""Whether the fast path (bf16 kernels) ends where the reference (fp32, dense, plain LibTorch) ends:
the same runs with eight seeds on both, and the mean difference of loss and L0 with its interval."""

import dataclasses
import json
import math
import pathlib
import subprocess

import jobs
from benchmark import Benchmark

SEEDS = 8
STUDENT_T = 2.365  # 97.5 % quantile for 7 degrees of freedom
LIMITS = {"loss": 0.005, "l0": 0.03}  # of the reference's mean


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    source: dict
    d_sae: int
    batch_tokens: int
    tokens: int
    lr: float


CASES = [
    Case("synthetic", jobs.synthetic(128), 1024, 512, 1 << 20, 3e-4),
    Case("SmolLM2", jobs.smollm2(), 1152, 512, 1 << 18, 5e-4),
]
HELD_OUT = 16384


def measured(benchmark, case):
    """The file of what saelaw measures of a source before a sweep."""
    job = jobs.write(benchmark, f"{case.name}-measure", kind="measure", d_sae=case.d_sae,
                     batch_tokens=case.batch_tokens, **case.source)
    subprocess.run([benchmark.binary("saelaw-trainer"), job, "--token", "t"], check=True,
                   stderr=subprocess.DEVNULL)
    return next(pathlib.Path(job).parent.glob("attempts/*/measurement.json"))


def job_of(benchmark, case, measurement, precision, **path):
    """A gang of SEEDS runs that differ in their seeds alone, on one path: from the default's
    threshold on, through the dense beginning into the sparse end, with the default's schedule."""
    tokens = case.tokens // 16 if benchmark.quick else case.tokens
    return pathlib.Path(jobs.write(
        benchmark, f"{case.name}-{precision}", kind="train", precision=precision,
        tokens=tokens, lr=case.lr, seeds=SEEDS, schedule="cosine", threshold=0.001,
        bandwidth=jobs.BANDWIDTH, measured=measurement, d_sae=case.d_sae,
        batch_tokens=case.batch_tokens, **(case.source | {"held_out": HELD_OUT}), **path))


def seeds_of(folder):
    """{run: its seed}, of the weights that a job has written."""
    for path in folder.glob("attempts/*/sae-*.safetensors"):
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        yield path.name[4:-12], json.loads(header["__metadata__"]["run"])["seed"]


def results_of(benchmark, job):
    """Final held-out loss and L0 of every seed, in the order of the seeds."""
    benchmark.say(job.parent.name)
    command = [benchmark.binary("saelaw-trainer"), str(job), "--token", "quality"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    found = {}
    for path in job.parent.glob("attempts/*/result-*.json"):
        result = json.loads(path.read_text())
        found[result["id"]] = {"loss": result["final"]["loss"], "l0": result["final"]["l0"]}
    return [found[run] for run, _ in sorted(seeds_of(job.parent), key=lambda item: item[1])]


def compare(reference, fast, key):
    """Mean paired difference in parts of the reference's mean, with its 95 % interval."""
    level = sum(run[key] for run in reference) / SEEDS
    parts = [(a[key] - b[key]) / level for a, b in zip(fast, reference)]
    mean = sum(parts) / SEEDS
    spread = math.sqrt(sum((part - mean) ** 2 for part in parts) / (SEEDS - 1))
    half = STUDENT_T * spread / math.sqrt(SEEDS)
    return {"reference": level, "mean": mean, "interval": [mean - half, mean + half],
            "inside": abs(mean) + half <= LIMITS[key], "limit": LIMITS[key]}


def run(benchmark, case):
    measurement = measured(benchmark, case)
    sides = {
        "reference": results_of(
            benchmark, job_of(benchmark, case, measurement, "fp32", path="reference")),
        "fast": results_of(benchmark, job_of(benchmark, case, measurement, "bf16"))}
    found = {key: compare(sides["reference"], sides["fast"], key) for key in LIMITS}
    benchmark.add(name=case.name, d_sae=case.d_sae, batch_tokens=case.batch_tokens,
                  tokens=case.tokens, lr=case.lr, seeds=SEEDS, held_out=HELD_OUT,
                  runs=sides, sides={}, **found)
    return [(case.name, key, f"{one['reference']:.5g}", f"{one['mean']:+.3%}",
             f"{one['interval'][0]:+.3%} to {one['interval'][1]:+.3%}",
             f"±{one['limit']:.1%}", "inside" if one["inside"] else "OUTSIDE")
            for key, one in found.items()]


def main():
    benchmark = Benchmark("quality", __doc__)
    rows = [row for case in CASES if benchmark.wanted(case.name) for row in run(benchmark, case)]
    benchmark.finish(("case", "quantity", "reference", "difference", "95 % interval", "limit", ""),
                     rows)


if __name__ == "__main__":
    main()
