"""The first 15 blocks of SmolLM2-135M on 8 sequences of 256 tokens: saelaw and transformers."""

import numpy

from benchmark import Benchmark, ratio_of, speed, times
from jobs import MODEL_FILE
from turns import Side

SEQUENCES, CONTEXT, LAYERS = 8, 256, 15
AT_LEAST, AIM = 1.3, 1.6


def sides_of(benchmark, tokens_file, context, layers):
    work = SEQUENCES * context
    for precision in ("bf16", "fp32"):
        ours = [benchmark.binary("saelaw-llm-activations"), "time", MODEL_FILE, tokens_file,
                str(context), str(layers), precision, str(benchmark.threads)]
        yield Side(f"saelaw {precision}", ours, work, unit="tokens")
        theirs = benchmark.peer("transformers_forward", model=MODEL_FILE, tokens=tokens_file,
                                context=context, layers=layers, precision=precision)
        yield Side(f"transformers {precision}", theirs, work, unit="tokens")


def main():
    benchmark = Benchmark("forward", __doc__)
    context, layers = (32, 2) if benchmark.quick else (CONTEXT, LAYERS)
    tokens_file = benchmark.path("tokens.npy")
    draw = numpy.random.default_rng(0)
    numpy.save(tokens_file, draw.integers(0, 49152, SEQUENCES * context))
    records = benchmark.measure(
        [*sides_of(benchmark, tokens_file, context, layers), *benchmark.gemm_sides()], rounds=5)
    ratio = ratio_of(records, "saelaw bf16", "transformers bf16")
    benchmark.add(name="half forward", sequences=SEQUENCES, context_tokens=context, layers=layers,
                  sides=records, ratio=ratio, at_least=AT_LEAST, aim=AIM)
    verdict = f"{times(ratio)} transformers (at least {AT_LEAST}, aim {AIM})"
    benchmark.finish(["side", "speed", "against transformers bf16"],
                     [[name, speed(record), verdict if name == "saelaw bf16" else ""]
                      for name, record in records.items()])


if __name__ == "__main__":
    main()
