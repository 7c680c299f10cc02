"""A JumpReLU SAE in plain PyTorch, as a researcher writes it in a notebook.

Rajamanoharan et al. 2024 (arXiv 2407.14435): straight-through gradients of the threshold, Adam
with beta1 = 0, a decoder of unit rows, gradients along a row taken out; loss and L0 read each step.
"""

import contextlib

import torch

import steps

BANDWIDTH = 0.001
COEFFICIENT = 2e-3


def window(pre_acts, threshold):
    return ((pre_acts - threshold).abs() < BANDWIDTH / 2).to(pre_acts.dtype)


class JumpReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, pre_acts, threshold):
        ctx.save_for_backward(pre_acts, threshold)
        return pre_acts * (pre_acts > threshold)

    @staticmethod
    def backward(ctx, grad):
        pre_acts, threshold = ctx.saved_tensors
        grad_threshold = -(threshold / BANDWIDTH) * window(pre_acts, threshold) * grad
        return grad * (pre_acts > threshold), grad_threshold.sum(0)


class Heaviside(torch.autograd.Function):
    @staticmethod
    def forward(ctx, pre_acts, threshold):
        ctx.save_for_backward(pre_acts, threshold)
        return (pre_acts > threshold).to(pre_acts.dtype)

    @staticmethod
    def backward(ctx, grad):
        pre_acts, threshold = ctx.saved_tensors
        return None, (-window(pre_acts, threshold) / BANDWIDTH * grad).sum(0)


class Sae(torch.nn.Module):
    def __init__(self, w_dec, threshold):
        super().__init__()
        d_sae, d_in = w_dec.shape
        on = {"device": w_dec.device}
        self.w_enc = torch.nn.Parameter(w_dec.T.contiguous())
        self.b_enc = torch.nn.Parameter(torch.zeros(d_sae, **on))
        self.w_dec = torch.nn.Parameter(w_dec.clone())
        self.b_dec = torch.nn.Parameter(torch.zeros(d_in, **on))
        self.threshold = torch.nn.Parameter(torch.full((d_sae,), threshold, **on))

    def forward(self, x):
        pre_acts = (x - self.b_dec) @ self.w_enc + self.b_enc
        threshold = self.threshold.to(pre_acts.dtype)
        recons = JumpReLU.apply(pre_acts, threshold) @ self.w_dec + self.b_dec
        l0 = Heaviside.apply(pre_acts, threshold).sum(-1, dtype=torch.float32).mean()
        mse = (recons - x).pow(2).sum(-1).mean()
        return mse + COEFFICIENT * l0, l0


def new_trainer(vectors, options):
    sae = Sae(vectors.w_dec, vectors.threshold)
    bf16, fused = options["setting"].startswith("bf16"), options["setting"].endswith("fused-adam")
    adam = torch.optim.Adam(sae.parameters(), lr=1e-7, betas=(0.0, 0.999), fused=fused)
    history = []

    def step(x):
        with torch.autocast(vectors.device, torch.bfloat16) if bf16 else contextlib.nullcontext():
            loss, l0 = sae(x)
        adam.zero_grad()
        loss.backward()
        with torch.no_grad():
            along = (sae.w_dec.grad * sae.w_dec).sum(1, keepdim=True)
            sae.w_dec.grad -= along * sae.w_dec
            adam.step()
            sae.w_dec /= sae.w_dec.norm(dim=1, keepdim=True)
        history.append((loss.item(), l0.item()))

    return step, lambda x: sae(x)[1]


if __name__ == "__main__":
    steps.serve(new_trainer)
