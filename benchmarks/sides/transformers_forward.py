"""transformers' side of benchmarks/forward: the first blocks of the model, without its logits."""

import os
import time

import numpy
import torch
import transformers

import protocol


def load(path, precision):
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]
    return transformers.AutoModelForCausalLM.from_pretrained(
        os.path.dirname(path), gguf_file=os.path.basename(path), dtype=dtype).eval()


@torch.no_grad()
def main():
    options = protocol.configuration()
    torch.set_num_threads(options["threads"])
    model = load(options["model"], options["precision"])
    model.model.layers = model.model.layers[: options["layers"]]
    tokens = torch.from_numpy(numpy.load(options["tokens"])).long().view(-1, options["context"])

    @torch.no_grad()
    def turn():
        start = time.perf_counter()
        model.model(tokens, use_cache=False)
        return {"seconds": time.perf_counter() - start}

    protocol.serve(turn)


if __name__ == "__main__":
    main()
