"""SAELens' side of benchmarks/step: SAETrainer.step on its JumpReLUTrainingSAE, or with the setting
batch_topk on its BatchTopKTrainingSAE.

That is the body of SAETrainer.fit without its progress bar and without the logging to Weights &
Biases that is on by default.
"""

import torch
from sae_lens import JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig
from sae_lens.saes.batchtopk_sae import BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig
from sae_lens.config import SAETrainerConfig
from sae_lens.training.sae_trainer import SAETrainer

import steps


def new_trainer(vectors, options):
    setting = options["setting"].split(",")
    if "tf32" in setting:
        torch.set_float32_matmul_precision("high")
    size = {"d_in": vectors.d_in, "d_sae": vectors.d_sae, "device": vectors.device}
    if "batch_topk" in setting:
        sae = BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(k=options["kept"], **size))
    else:
        sae = JumpReLUTrainingSAE(
            JumpReLUTrainingSAEConfig(
                jumprelu_init_threshold=vectors.threshold,
                jumprelu_bandwidth=0.001,
                l0_coefficient=2e-3,
                **size,
            )
        )
    with torch.no_grad():
        sae.W_dec.copy_(vectors.w_dec)
        sae.W_enc.copy_(vectors.w_dec.T)
    config = SAETrainerConfig(
        total_training_samples=10**12,
        train_batch_size_samples=options["batch_tokens"],
        lr=1e-7,
        lr_end=1e-8,  # LanguageModelSAERunnerConfig sets a tenth; only some schedules read it
        autocast="bf16" in setting,
        device=vectors.device,
    )
    if "compile" in setting:
        # As LanguageModelSAETrainingRunner does with compile_sae.
        sae.training_forward_pass = torch.compile(sae.training_forward_pass)
    trainer = SAETrainer(config, sae, data_provider=iter(()))

    def step(x):
        trainer.maybe_reset_sparsity()
        trainer.step(x)
        trainer.n_training_steps += 1

    return step, lambda x: (sae.encode(x) > 0).sum(-1).float().mean()


steps.serve(new_trainer)
