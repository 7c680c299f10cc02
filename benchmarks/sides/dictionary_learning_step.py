"""dictionary_learning's side of benchmarks/step: JumpReluTrainer.update.

Its trainSAE has autocast on CUDA alone; bf16 here is update() inside torch.autocast, as a user
could write it.
"""

import contextlib

import torch
from dictionary_learning.trainers.jumprelu import JumpReluTrainer

import steps


def new_trainer(vectors, options):
    trainer = JumpReluTrainer(
        steps=10**9,
        activation_dim=vectors.d_in,
        dict_size=vectors.d_sae,
        layer=0,
        lm_name="none",
        lr=1e-7,
        target_l0=64,
    )
    trainer.ae.W_dec.data.copy_(vectors.w_dec)
    trainer.ae.W_enc.data.copy_(vectors.w_dec.T)
    trainer.ae.threshold.data.fill_(vectors.threshold)
    bf16 = options["setting"] == "bf16"
    done = 0

    def step(x):
        nonlocal done
        with torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext():
            trainer.update(done, x)
        done += 1

    return step, lambda x: (trainer.ae.encode(x) > 0).sum(-1).float().mean()


steps.serve(new_trainer)
