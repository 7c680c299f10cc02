// One transformer block of the Llama architecture, as operations on its weights.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace saelaw {

struct LlamaBlockShape {
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  double rms_norm_eps = 0;
};

// Matrices are [out, in], as at::linear takes them. Projections of the same input are stored as
// one matrix: fewer, larger products.
struct LlamaBlock {
  at::Tensor attention_norm;  // [hidden_size]
  at::Tensor qkv;             // [(heads + 2 kv_heads) head_dim, hidden_size]: q, k, v rows
  at::Tensor attention_out;   // [hidden_size, heads head_dim]
  at::Tensor mlp_norm;        // [hidden_size]
  at::Tensor gate_up;         // [2 intermediate_size, hidden_size]: gate rows, then up rows
  at::Tensor down;            // [hidden_size, intermediate_size]
};

// Cosines and sines of the rotary embedding, [context, 1, head_dim] in the model's precision.
struct RotaryTables {
  at::Tensor cosine;
  at::Tensor sine;
};

// x / rms(x) * weight over the last dimension; x is normalised in fp32 and rounded to its own type
// before the weight is applied (Zhang and Sennrich, 2019, arXiv:1910.07467, eq. 4).
at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps);

// x + attention(norm(x)); x: [batch, context, hidden_size].
at::Tensor AddAttention(const LlamaBlock& block,
                        const LlamaBlockShape& shape,
                        const RotaryTables& rotary,
                        const at::Tensor& x);

// silu(gate(norm(x))) * up(norm(x)): [batch, context, intermediate_size], the input of `down`.
at::Tensor MlpActivation(const LlamaBlock& block,
                         const LlamaBlockShape& shape,
                         const at::Tensor& x);

// x + down(MlpActivation(x)).
at::Tensor AddMlp(const LlamaBlock& block, const LlamaBlockShape& shape, const at::Tensor& x);

}  // namespace saelaw
