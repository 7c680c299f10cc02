"""What the peers' sides of benchmarks/step share: their vectors, and a turn of steps."""

import time

import torch
from safetensors.torch import load_file

import memory
import protocol


class Vectors:
    """Batches [batch_tokens, d_in], the decoder [d_sae, d_in] that all sides begin with, θ; and the
    device on which they lie."""

    def __init__(self, options):
        self.device = options.get("device", "cpu")
        file = load_file(options["vectors"])
        # Copies, so that the mapped file does not count as memory.
        x = file["x"][: options.get("most_batches", 1000) * options["batch_tokens"]].clone()
        self.batches = list(x.to(self.device).split(options["batch_tokens"]))
        self.w_dec = file["w_dec"].clone().to(self.device)
        self.threshold = options["threshold"]
        self.d_sae, self.d_in = self.w_dec.shape


def wait(device):
    """Until the device has done what it was told."""
    if device != "cpu":
        torch.cuda.synchronize()


def serve(new_trainer):
    """new_trainer(vectors, options) gives (step(x), l0(x)); l0 is asked once, outside the clock."""
    options = protocol.configuration()
    torch.manual_seed(0)
    torch.set_num_threads(options["threads"])
    idle_bytes = memory.resident()
    vectors = Vectors(options)
    memory.forget_peak()
    step, l0 = new_trainer(vectors, options)
    state = {"next": 0, "l0": None}

    def turn():
        wait(vectors.device)
        start = time.perf_counter()
        for _ in range(options["steps"]):
            step(vectors.batches[state["next"] % len(vectors.batches)])
            state["next"] += 1
        wait(vectors.device)
        seconds = time.perf_counter() - start
        peak_bytes = memory.peak() - idle_bytes
        if state["l0"] is None:
            with torch.no_grad():
                state["l0"] = float(l0(vectors.batches[0]))
        return {"seconds": seconds, "l0": state["l0"], "peak_bytes": peak_bytes}

    protocol.serve(turn)
