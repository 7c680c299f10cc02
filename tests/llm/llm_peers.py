"""transformers as the reference: loads a checkpoint and records its hidden states at every hook."""
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
import transformers

HOOKS = ("mlp_out", "mlp_act", "resid_post")


def load(path, dtype=torch.float32):
    """A causal language model from a folder or a GGUF file."""
    source = {"pretrained_model_name_or_path": path}
    if os.path.isfile(path):
        source = {"pretrained_model_name_or_path": os.path.dirname(os.path.abspath(path)),
                  "gguf_file": os.path.basename(path)}
    model = transformers.AutoModelForCausalLM.from_pretrained(**source, dtype=dtype)
    return model.eval()


@torch.no_grad()
def states(model, tokens, layers):
    """{"mlp_out.0": [batch, context, width] fp32, ..., "logits": ...} of int64 [batch, context]."""
    found = {}
    handles = []

    def record(name, value):
        found[name] = value.detach().float().contiguous()

    def record_mlp(i):
        def hook(_, inputs, output):
            record(f"mlp_act.{i}", inputs[0])
            record(f"mlp_out.{i}", output)
        return hook

    def record_block(i):
        def hook(_, inputs, output):
            record(f"resid_post.{i}", output[0] if isinstance(output, tuple) else output)
        return hook

    for i, block in enumerate(model.model.layers[:layers]):
        handles.append(block.mlp.down_proj.register_forward_hook(record_mlp(i)))
        handles.append(block.register_forward_hook(record_block(i)))
    logits = model(tokens, use_cache=False).logits
    for handle in handles:
        handle.remove()
    record("logits", logits)
    return found
