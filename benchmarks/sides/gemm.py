"""The machine's matrix product, as a side like any other: torch.mm of two square matrices."""

import time

import torch

import protocol
import steps


def main():
    options = protocol.configuration()
    torch.set_num_threads(options["threads"])
    size = options["size"]
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[options["precision"]]
    device = options["device"]
    a, b = (torch.randn(size, size).to(dtype).to(device) for _ in range(2))

    def turn():
        steps.wait(device)
        start = time.perf_counter()
        for _ in range(options["products"]):
            torch.mm(a, b)
        steps.wait(device)
        return {"seconds": time.perf_counter() - start}

    protocol.serve(turn)


main()
