#include "llm/llama_block.h"

#include <ATen/ATen.h>

namespace saelaw {
namespace {

// Rotates each head's pairs (i, i + head_dim / 2): x cos + rotate_half(x) sin (Su et al., 2021,
// arXiv:2104.09864, eq. 34, in the half-split order of Hugging Face checkpoints).
at::Tensor Rotate(const at::Tensor& x, const RotaryTables& rotary) {
  const std::int64_t half = x.size(-1) / 2;
  const at::Tensor swapped = at::cat({x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)}, -1);
  return (x * rotary.cosine).add_(swapped.mul_(rotary.sine));
}

// [batch, context, kv_heads, head_dim] → [batch, heads, context, head_dim], each head repeated for
// the query heads that share it.
at::Tensor SharedHeads(const at::Tensor& x, std::int64_t heads) {
  const std::int64_t repeats = heads / x.size(2);
  const at::Tensor by_head = x.transpose(1, 2);
  return repeats == 1 ? by_head : by_head.repeat_interleave(repeats, 1);
}

}  // namespace

at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor scale = wide.square().mean(-1, /*keepdim=*/true).add_(eps).rsqrt_();
  return (wide * scale).to(x.scalar_type()).mul_(weight);
}

at::Tensor AddAttention(const LlamaBlock& block,
                        const LlamaBlockShape& shape,
                        const RotaryTables& rotary,
                        const at::Tensor& x) {
  const std::int64_t batch = x.size(0);
  const std::int64_t context = x.size(1);
  const std::int64_t rotated = shape.heads + shape.kv_heads;
  const at::Tensor normed = RmsNorm(x, block.attention_norm, shape.rms_norm_eps);
  const at::Tensor heads = at::linear(normed, block.qkv)
                               .view({batch, context, rotated + shape.kv_heads, shape.head_dim});
  const at::Tensor qk = Rotate(heads.narrow(2, 0, rotated), rotary);
  const at::Tensor query = qk.narrow(2, 0, shape.heads).transpose(1, 2);
  const at::Tensor key = SharedHeads(qk.narrow(2, shape.heads, shape.kv_heads), shape.heads);
  const at::Tensor value = SharedHeads(heads.narrow(2, rotated, shape.kv_heads), shape.heads);
  const at::Tensor mixed = at::scaled_dot_product_attention(query,
                                                            key,
                                                            value,
                                                            /*attn_mask=*/{},
                                                            /*dropout_p=*/0.0,
                                                            /*is_causal=*/true);
  const at::Tensor joined = mixed.transpose(1, 2).reshape({batch, context, -1});
  return at::linear(joined, block.attention_out).add_(x);
}

at::Tensor MlpActivation(const LlamaBlock& block,
                         const LlamaBlockShape& shape,
                         const at::Tensor& x) {
  const at::Tensor normed = RmsNorm(x, block.mlp_norm, shape.rms_norm_eps);
  const auto gate_up = at::linear(normed, block.gate_up).chunk(2, -1);
  return at::silu(gate_up[0]).mul_(gate_up[1]);
}

at::Tensor AddMlp(const LlamaBlock& block, const LlamaBlockShape& shape, const at::Tensor& x) {
  return x + at::linear(MlpActivation(block, shape, x), block.down);
}

}  // namespace saelaw
