"""SAELens' side of benchmarks/sweep: each turn is one run of LanguageModelSAETrainingRunner.

The language model is loaded once for all runs as transformers' model in SAELens' own wrapper, which
stops at the hook; tokens are given ready. In bf16 the language model's weights are bf16 and the SAE
trains under autocast.
"""

import glob
import os
import time

import datasets
import sae_lens
import torch
import transformers
from sae_lens.load_model import HookedProxyLM
from sae_lens.saes.jumprelu_sae import JumpReLUTrainingSAEConfig

import protocol
import transformers_forward


def read_contexts(options):
    """As many contexts of token ids as a run needs, with what its buffers hold beyond that."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(
        os.path.dirname(options["model"]), gguf_file=os.path.basename(options["model"]))
    wanted, ids = 2 * options["tokens"] + 40 * 256 * options["context"], []
    for path in sorted(glob.glob(os.path.join(options["text"], "*"))):
        with open(path, errors="replace") as file:
            ids += tokenizer(file.read())["input_ids"]
        if len(ids) > wanted:
            break
    context = options["context"]
    rows = [ids[i : i + context] for i in range(0, len(ids) - context, context)]
    return tokenizer, datasets.Dataset.from_dict({"input_ids": rows})


def configure(options, lr, tokens):
    sae = JumpReLUTrainingSAEConfig(
        d_in=options["d_in"], d_sae=options["d_sae"], decoder_init_norm=1.0,
        jumprelu_init_threshold=options["threshold"], jumprelu_bandwidth=options["bandwidth"],
        l0_coefficient=options["sparsity_coefficient"])
    return sae_lens.LanguageModelSAERunnerConfig(
        sae=sae, model_name="smollm2", model_class_name="AutoModelForCausalLM",
        hook_name=options["hook"], dataset_path="given", streaming=False,
        context_size=options["context"], seqpos_slice=(1, None), prepend_bos=False,
        training_tokens=tokens, train_batch_size_tokens=options["batch_tokens"], lr=lr,
        adam_beta1=0.0, autocast=options["precision"] == "bf16", device="cpu", n_checkpoints=0,
        checkpoint_path=None, output_path=None, verbose=False,
        logger=sae_lens.LoggingConfig(log_to_wandb=False))


def main():
    options = protocol.configuration()
    torch.set_num_threads(options["threads"])
    language_model = transformers_forward.load(options["model"], options["precision"])
    tokenizer, contexts = read_contexts(options)
    model = HookedProxyLM(language_model, tokenizer, hook_names=[options["hook"]])
    turns = 0

    def turn():
        """The first, which is not counted, is shorter."""
        nonlocal turns
        tokens = options["tokens"] if turns else options["warm_up_tokens"]
        config = configure(options, options["lr"][turns % len(options["lr"])], tokens)
        turns += 1
        start = time.perf_counter()
        sae = sae_lens.LanguageModelSAETrainingRunner(
            config, override_dataset=contexts, override_model=model).run()
        return {"seconds": time.perf_counter() - start, "l0": sae.cfg.metadata.l0}

    protocol.serve(turn)


if __name__ == "__main__":
    main()
