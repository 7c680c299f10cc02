"""Writes tests/llm/data: small random Llama checkpoints and the hidden states transformers gets.

Run with .deps/peers/bin/python; the seeds are fixed, so that the result is always the same. Each
folder holds a checkpoint and expected.safetensors: tokens (int64 [2, 24]) and, in fp32,
mlp_act.LAYER, mlp_out.LAYER, attn_out.LAYER, resid_pre.LAYER, resid_post.LAYER and
logits.
"""
import math
import os
import shutil

import gguf
import torch
import transformers
from safetensors.torch import save_file

import llm_peers

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
LLAMA3 = {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
          "high_freq_factor": 4.0, "original_max_position_embeddings": 24}
COMMON = {"vocab_size": 96, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
          "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64,
          "rms_norm_eps": 1e-5}
# Every kind differs from the others in what a loader can get wrong.
KINDS = {
    "untied": {"num_key_value_heads": 4, "tie_word_embeddings": False},
    "wide_heads": {"head_dim": 16, "tie_word_embeddings": False,
                   "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0}},
    "llama3_tied": {"tie_word_embeddings": True, "rope_parameters": LLAMA3},
    "sharded_bf16": {"tie_word_embeddings": True, "dtype": torch.bfloat16},
}


def random_model(options):
    """Weights large enough that attention is far from uniform and norms are far from one."""
    dtype = options.pop("dtype", torch.float32)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**COMMON, **options}))
    for parameter in model.parameters():
        scale = 0.25 if parameter.dim() == 2 else 0.5
        offset = 0.0 if parameter.dim() == 2 else 1.0
        parameter.data = offset + scale * torch.randn(parameter.shape)
    return model.to(dtype).eval()


def write_kind(name, options, tokens):
    folder = os.path.join(DATA, name)
    shutil.rmtree(folder, ignore_errors=True)
    sharded = name.startswith("sharded")
    model = random_model(dict(options))
    model.save_pretrained(folder, max_shard_size="20KB" if sharded else "1GB")
    os.remove(os.path.join(folder, "generation_config.json"))
    # Loaded again: a model converted to bf16 in place has rounded its rotary frequencies, too.
    expected = llm_peers.states(llm_peers.load(folder), tokens, COMMON["num_hidden_layers"])
    save_file({"tokens": tokens, **expected}, os.path.join(folder, "expected.safetensors"))
    return model


def interleave(rows, heads):
    """Hugging Face's row order of q and k to GGUF's (as llama.cpp's converter does)."""
    return rows.view(heads, 2, -1, rows.shape[1]).transpose(1, 2).reshape(rows.shape)


def rope_divisors(head_dim, rope):
    """The llama3 scaling as llama.cpp's converter writes it, in rope_freqs.weight."""
    divisors = []
    for i in range(0, head_dim, 2):
        wavelength = 2 * math.pi * rope["rope_theta"] ** (i / head_dim)
        context = rope["original_max_position_embeddings"]
        low, high = rope["low_freq_factor"], rope["high_freq_factor"]
        smooth = min(1.0, max(0.0, (context / wavelength - low) / (high - low)))
        divisors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return torch.tensor(divisors)


BLOCK_NAMES = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q",
               "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
               "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm",
               "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def write_gguf(model, path):
    config = model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    state = model.state_dict()
    writer.add_tensor("token_embd.weight", state["model.embed_tokens.weight"].numpy())
    writer.add_tensor("output_norm.weight", state["model.norm.weight"].numpy())
    writer.add_tensor("rope_freqs.weight",
                      rope_divisors(config.head_dim, config.rope_parameters).numpy())
    for i in range(config.num_hidden_layers):
        for theirs, own in BLOCK_NAMES.items():
            tensor = state[f"model.layers.{i}.{theirs}.weight"]
            heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
            if own in heads:
                tensor = interleave(tensor, heads[own])
            writer.add_tensor(f"blk.{i}.{own}.weight", tensor.contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    torch.manual_seed(20240611)
    tokens = torch.randint(COMMON["vocab_size"], (2, 24))
    for name, options in KINDS.items():
        model = write_kind(name, options, tokens)
        if name == "llama3_tied":
            write_gguf(model, os.path.join(DATA, name, "model.gguf"))
    with open(os.path.join(DATA, "README.md"), "w", encoding="utf-8") as file:
        file.write("Random checkpoints and expected states, written by "
                   "`tests/llm/make_llama_vectors.py` with transformers "
                   f"{transformers.__version__} and torch {torch.__version__}.\n")


if __name__ == "__main__":
    main()
