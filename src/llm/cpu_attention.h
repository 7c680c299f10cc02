// Causal attention of one sequence on the CPU, the heads of a group sharing their keys and values.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "llm/cpu_kernels.h"
#include "llm/llama_block.h"

namespace saelaw {

// One thread's; its memory is kept from call to call.
class CpuAttention {
 public:
  // head_dim is even. A sequence has at most `context` tokens.
  CpuAttention(const LlamaBlockShape& shape, std::int64_t context);

  // qkv: [tokens, (heads + 2 kv_heads) · head_dim], q and k rotated already.
  // to: [tokens, heads · head_dim].
  void Run(const at::BFloat16* qkv, std::int64_t tokens, at::BFloat16* to);

 private:
  void RunWithLibTorch(const at::BFloat16* qkv, std::int64_t tokens, at::BFloat16* to) const;
  void PackKeys(const at::BFloat16* keys, std::int64_t tokens);
  void PackValues(const at::BFloat16* values, std::int64_t tokens);
  void RunQueries(const at::BFloat16* queries,
                  std::int64_t first,
                  std::int64_t count,
                  at::BFloat16* to);
  void MixValues(std::int64_t count, std::int64_t keys, at::BFloat16* to);

  LlamaBlockShape shape_;
  const LlamaKernels& kernels_;
  std::int64_t context_;  // rounded up to whole panels of keys
  std::int64_t row_;      // numbers of one token in qkv
  std::int64_t value_panels_;
  bool packed_;
  std::vector<at::BFloat16> keys_;     // [context / 64, head_dim / 2, 64, 2]
  std::vector<at::BFloat16> values_;   // [head_dim / 64 rounded up, context / 2, 64, 2]
  std::vector<float> scores_;          // [64, context]
  std::vector<at::BFloat16> weights_;  // [64, context], not divided by their sums
  std::vector<float> sums_;            // [64]
  std::vector<float> mixed_;           // [64, 64]
};

}  // namespace saelaw
