"""saelaw's job files, written by saelaw's own code so that what is not named is its default."""

import os
import pathlib
import subprocess

from benchmark import MODEL

MODEL_FILE = str(MODEL / "smollm2-135m.gguf")
TEXT = str(MODEL / "text")
# Tokenised text, where the product keeps it too.
CACHE = pathlib.Path(os.environ.get("SAELAW_CACHE", pathlib.Path.home() / ".cache" / "saelaw"))
D_IN, LAYER, CONTEXT = 576, 14, 256
BANDWIDTH, SPARSITY_COEFFICIENT = 0.001, 2e-3  # the defaults, for activations of unit mean norm
# At this θ 64 of 4,608 latents fire at the start on this stream: where runs spend their time.
# Measured: a quantile of 4,080 vectors on 4,608 random unit rows.
THRESHOLD = 0.095


def smollm2():
    """The live stream of the middle MLP of SmolLM2-135M as a job's source."""
    return {"model": MODEL_FILE, "text": TEXT, "hook": "mlp_out", "layer": LAYER,
            "context": CONTEXT, "held_out": 8192, "normalisation": 32768,
            "cache": CACHE / "corpora"}


def synthetic(d_in):
    return {"d_in": d_in, "held_out": 16384, "normalisation": 65536, "cache": ""}


def write(benchmark, name, **values):
    """Writes a job file; returns its path, in a folder of its own."""
    values["threads"], values["device"] = benchmark.threads, benchmark.device
    arguments = [f"{key}={value}" for key, value in values.items()]
    command = [benchmark.binary("saelaw-bench-job"), *arguments]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    path = pathlib.Path(benchmark.path(name))
    path.mkdir()
    (path / "job.json").write_text(text)
    return str(path / "job.json")


def train(benchmark, name, source, size, tokens, rates, **more):
    return write(benchmark, name, kind="train", precision="bf16", tokens=tokens,
                 lr=",".join(map(str, rates)), threshold=THRESHOLD, bandwidth=BANDWIDTH,
                 **source, **size, **more)
