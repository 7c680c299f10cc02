// One transformer block on the CPU in bf16, sequence by sequence: a sequence's numbers stay in the
// cache of the core that computes them, and the passes between the products cost little.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/util/FunctionRef.h>

#include "llm/cpu_attention.h"
#include "llm/cpu_kernels.h"
#include "llm/cpu_matrix.h"
#include "llm/llama_block.h"

namespace saelaw {

// The extents that CpuBlock works on; `hidden` and `inner` are even.
struct CpuBlockShape {
  LlamaBlockShape attention;
  std::int64_t hidden = 0;
  std::int64_t inner = 0;  // intermediate_size
};

// The sequence that a thread is working on, and its working memory, kept for the next one.
class CpuSequence {
 public:
  // `inverse_frequencies`: fp32 [head_dim / 2], on the CPU. `context`: tokens of each sequence.
  CpuSequence(const CpuBlockShape& shape,
              const at::Tensor& inverse_frequencies,
              std::int64_t context);

  std::int64_t tokens() const { return tokens_; }
  std::vector<float>& residual() { return residual_; }   // [tokens, hidden]
  std::vector<at::BFloat16>& inner() { return inner_; }  // [tokens, inner]

 private:
  friend class CpuBlock;

  std::int64_t tokens_;
  CpuAttention attention_;
  std::vector<float> residual_;
  std::vector<at::BFloat16> normed_;  // [tokens, hidden]
  std::vector<at::BFloat16> qkv_;     // [tokens, (heads + 2 kv_heads) head_dim]
  std::vector<at::BFloat16> mixed_;   // [tokens, heads head_dim]
  std::vector<at::BFloat16> inner_;
  std::vector<float> cosine_, sine_;  // [tokens, head_dim / 2]
  std::vector<float> scratch_;        // of CpuMatrix
};

// Immutable; used by several threads at once, each with a sequence of its own.
class CpuBlock {
 public:
  CpuBlock(const LlamaBlock& block, const CpuBlockShape& shape);

  // Hands the tiles of attention(norm(residual)) to `use`.
  void Attend(CpuSequence& sequence, c10::function_ref<void(const ProductTile&)> use) const;
  // residual += attention(norm(residual))
  void AddAttention(CpuSequence& sequence) const;
  // inner = silu(gate(norm(residual))) * up(norm(residual))
  void ComputeInner(CpuSequence& sequence) const;
  // Hands the tiles of down(inner) to `use`.
  void Down(CpuSequence& sequence, c10::function_ref<void(const ProductTile&)> use) const;
  // residual += down(inner)
  void AddDown(CpuSequence& sequence) const;

 private:
  void Normalise(const std::vector<float>& weight, CpuSequence& sequence) const;
  void Rotate(CpuSequence& sequence) const;
  void AddToResidual(const ProductTile& tile, CpuSequence& sequence) const;
  void Gate(const ProductTile& tile, CpuSequence& sequence) const;

  CpuBlockShape shape_;
  const LlamaKernels* kernels_;
  std::vector<float> attention_norm_, mlp_norm_;  // [hidden]
  CpuMatrix qkv_, attention_out_;
  CpuMatrix gate_up_;  // of each tile's columns the first half are gates, the second their ups
  CpuMatrix down_;
};

// x: fp32 [tokens, hidden] → to: bf16 [tokens, hidden]
void RmsNormRows(const LlamaKernels& kernels,
                 const std::vector<float>& x,
                 const std::vector<float>& weight,
                 double eps,
                 std::vector<at::BFloat16>& to);

// A vector of weights in fp32.
std::vector<float> WideVector(const at::Tensor& weight);

}  // namespace saelaw
