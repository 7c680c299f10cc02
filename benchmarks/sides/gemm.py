"""The machine's matrix product, as a side like any other: torch.mm of two square matrices."""

import time

import torch

import protocol


def main():
    options = protocol.configuration()
    torch.set_num_threads(options["threads"])
    size = options["size"]
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[options["precision"]]
    a, b = torch.randn(size, size).to(dtype), torch.randn(size, size).to(dtype)

    def turn():
        start = time.perf_counter()
        torch.mm(a, b)
        return {"seconds": time.perf_counter() - start}

    protocol.serve(turn)


main()
