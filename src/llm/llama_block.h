// One transformer block of the Llama architecture, as operations on its weights.
#pragma once

#include <cstdint>
#include <utility>

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

// x / rms(x) * weight over the last dimension, in fp32 and rounded once to x's own type (Zhang and
// Sennrich, 2019, arXiv:1910.07467, eq. 4).
at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps);

// The residual stream of a batch, [batch, context, hidden_size]: what blocks read and add to.
class ResidualStream {
 public:
  // `x` is this stream's own from now on, and written over.
  explicit ResidualStream(at::Tensor x) : x_(std::move(x)) {}

  // Adds a block's output, when it is next read.
  void Add(at::Tensor delta);
  // RmsNorm of the stream.
  at::Tensor Normed(const at::Tensor& weight, double eps);
  // The stream itself; valid until the next Add.
  const at::Tensor& Sum();

 private:
  at::Tensor x_;
  at::Tensor pending_;  // not yet part of x_; undefined: nothing
};

// What attention adds to the stream.
at::Tensor Attention(const LlamaBlock& block,
                     const LlamaBlockShape& shape,
                     const RotaryTables& rotary,
                     ResidualStream& stream);

// silu(gate(norm(x))) * up(norm(x)): [batch, context, intermediate_size], the input of `down`.
at::Tensor MlpActivation(const LlamaBlock& block,
                         const LlamaBlockShape& shape,
                         ResidualStream& stream);

// The whole block, on the stream.
void PassBlock(const LlamaBlock& block,
               const LlamaBlockShape& shape,
               const RotaryTables& rotary,
               ResidualStream& stream);

}  // namespace saelaw
