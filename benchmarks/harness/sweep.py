"""Eight learning rates on the live stream of SmolLM2-135M's middle MLP: one gang of saelaw against
eight runs one after the other in SAELens (its own activation store; bf16, or fp32 on a CPU that has
no instructions for bf16, where bf16 is the slower one)."""

import json
import pathlib
import subprocess

import jobs
import machine
from benchmark import Benchmark, ratio_of, speed, times
from turns import Side

RATES = [1e-4 * 2 ** (i / 2) for i in range(8)]  # 1e-4 to 1.1e-3
AT_LEAST, AIM = 12, 20
SIZE = {"d_sae": 4608, "batch_tokens": 2048}
# Six blocks of the stream, each of 128 contexts with 255 usable tokens, in whole batches.
TOKENS = 6 * 128 * 255 // 2048 * 2048
QUICK_SIZE = {"d_sae": 288, "batch_tokens": 256}


def measure_source(benchmark):
    """The file of what saelaw measures of a source before a sweep; leaves the text tokenised."""
    benchmark.say("tokenising the text and measuring the activations")
    job = jobs.write(benchmark, "measure", kind="measure", **jobs.smollm2())
    subprocess.run([benchmark.binary("saelaw-trainer"), job, "--token", "t"], check=True)
    return next(pathlib.Path(job).parent.glob("attempts/*/measurement.json"))


def saelaw_side(benchmark, measured, size, tokens, warm_up):
    def job(name, tokens_):
        return jobs.train(benchmark, name, jobs.smollm2(), size, tokens_, RATES, measured=measured)

    command = benchmark.peer("saelaw_sweep", trainer=benchmark.binary("saelaw-trainer"),
                             job=job("gang", tokens), warm_up_job=job("warm-up", warm_up))
    return Side("saelaw, one gang of 8", command, work=len(RATES), unit="runs")


def saelens_side(benchmark, scale, size, tokens, warm_up):
    """SAELens trains on the activations as they are: lengths are ours over the scale."""
    precision = "bf16" if machine.has_bf16() else "fp32"
    command = benchmark.peer(
        "saelens_sweep", model=jobs.MODEL_FILE, text=jobs.TEXT, d_in=jobs.D_IN,
        hook=f"model.layers.{jobs.LAYER}.mlp", context=jobs.CONTEXT, tokens=tokens,
        warm_up_tokens=warm_up, lr=RATES, threshold=jobs.THRESHOLD / scale,
        bandwidth=jobs.BANDWIDTH / scale, sparsity_coefficient=jobs.SPARSITY_COEFFICIENT / scale**2,
        precision=precision, **size)
    return Side(f"saelens {precision}, one run", command, work=1, unit="runs")


def row(name, record, verdict):
    if "l0" not in record:
        return [name, speed(record), "", ""]
    return [name, f"{record['median_seconds']:.1f}", f"{record['l0']:.1f}", verdict]


def main():
    benchmark = Benchmark("sweep", __doc__)
    size = QUICK_SIZE if benchmark.quick else SIZE
    tokens, warm_up = (2048, 1024) if benchmark.quick else (TOKENS, 16 * 1024)
    measured = measure_source(benchmark)
    scale = json.loads(measured.read_text())["activation_scale"]
    ours = saelaw_side(benchmark, measured, size, tokens, warm_up)
    theirs = saelens_side(benchmark, scale, size, tokens, warm_up)
    records = benchmark.measure([ours, theirs, *benchmark.gemm_sides()], rounds=3)
    ratio = ratio_of(records, ours.name, theirs.name)
    benchmark.add(name="sweep", **size, tokens_per_run=tokens, rates=RATES,
                  threshold=jobs.THRESHOLD, activation_scale=scale, sides=records, ratio=ratio,
                  at_least=AT_LEAST, aim=AIM)
    verdict = f"8 runs {times(ratio)} faster (at least {AT_LEAST}, aim {AIM})"
    benchmark.finish(["side", "seconds a turn", "L0 at the end", "against SAELens"],
                     [row(name, record, verdict if name == ours.name else "")
                      for name, record in records.items()])


if __name__ == "__main__":
    main()
