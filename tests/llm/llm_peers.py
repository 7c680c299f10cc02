"""transformers as the reference: loads a checkpoint and records its hidden states at every hook."""
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
import transformers

HOOKS = ("mlp_out", "mlp_act", "resid_post", "resid_pre", "attn_out")


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

    def first(output):
        return output[0] if isinstance(output, tuple) else output

    def record_attention(i):
        def hook(_, inputs, output):
            record(f"attn_out.{i}", first(output))
        return hook

    def record_block(i):
        def hook(_, inputs, output):
            record(f"resid_post.{i}", first(output))
        return hook

    for i, block in enumerate(model.model.layers[:layers]):
        handles.append(block.self_attn.register_forward_hook(record_attention(i)))
        handles.append(block.mlp.down_proj.register_forward_hook(record_mlp(i)))
        handles.append(block.register_forward_hook(record_block(i)))
    output = model(tokens, use_cache=False, output_hidden_states=True)
    for handle in handles:
        handle.remove()
    for i, stream in enumerate(output.hidden_states[:layers]):  # that before block i
        record(f"resid_pre.{i}", stream)
    record("logits", output.logits)
    return found


@torch.no_grad()
def zeroed_losses(model, tokens, layer, hook):
    """[batch, context - 1]: of each next token, with a hook of a layer set to zero but at position 0."""
    def without(value):
        value = value.clone()
        value[:, 1:] = 0
        return value

    def after(_, inputs, output):
        return (without(output[0]), *output[1:]) if isinstance(output, tuple) else without(output)

    block = model.model.layers[layer]
    handle = {"mlp_out": lambda: block.mlp.down_proj.register_forward_hook(after),
              "mlp_act": lambda: block.mlp.down_proj.register_forward_pre_hook(
                  lambda _, inputs: (without(inputs[0]),)),
              "resid_post": lambda: block.register_forward_hook(after),
              "resid_pre": lambda: block.register_forward_pre_hook(
                  lambda _, inputs: (without(inputs[0]), *inputs[1:])),
              "attn_out": lambda: block.self_attn.register_forward_hook(after)}[hook]()
    logits = model(tokens, use_cache=False).logits.float()
    handle.remove()
    losses = torch.nn.functional.cross_entropy(
        logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="none")
    return losses
