// The forward pass of a Llama-family model on the CPU in bf16. Each sequence is computed by one
// thread from end to end, so that its bits depend on nothing else: neither on the number of threads
// nor on the other sequences of the batch.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "llm/cpu_block.h"
#include "llm/stop.h"
#include "models/model_config.h"

namespace saelaw {

class CpuLlama {
 public:
  // Whether the configuration's extents are such as this pass can take.
  static bool Supports(const ModelConfig& config);

  // embedding: bf16 [vocabulary, hidden_size]; inverse_frequencies: fp32 [head_dim / 2].
  CpuLlama(const ModelConfig& config, at::Tensor embedding, at::Tensor inverse_frequencies);

  // The next block of the model.
  void Add(const LlamaBlock& block) { blocks_.emplace_back(block, shape_); }
  // What comes after the last block. norm: [hidden_size]; output: bf16 [vocabulary, hidden_size].
  void Finish(const at::Tensor& norm, const at::Tensor& output);

  // token_ids: int64 [batch, context], valid. Gives fp32 [batch, context, HookWidth(hook)]. `stop`
  // is asked between blocks; throws Stopped. `residual` as LlamaModel::Activations.
  at::Tensor Activations(const at::Tensor& token_ids,
                         Hook hook,
                         std::int64_t layer,
                         const StopCheck& stop = {},
                         at::Tensor* residual = nullptr) const;
  // fp32 [batch, context, vocabulary], of a finished model.
  at::Tensor Logits(const at::Tensor& token_ids) const;
  // As LlamaModel::NextTokenLosses; activations: fp32 [batch, context, HookWidth(hook)].
  at::Tensor NextTokenLosses(const at::Tensor& token_ids,
                             Hook hook,
                             std::int64_t layer,
                             const at::Tensor& residual,
                             const at::Tensor& activations) const;

 private:
  // Calls `task` with each of `count` sequences' numbers, on all threads.
  void ForEach(std::int64_t count,
               std::int64_t context,
               const std::function<void(std::int64_t, CpuSequence&)>& task) const;
  void Embed(const std::int64_t* token_ids, CpuSequence& sequence) const;
  // Through the blocks before this one.
  void RunToBlock(CpuSequence& sequence, std::int64_t layer, const StopCheck& stop) const;
  // Into that block until the hook, whose values go to `to`; the sequence is left with the residual
  // stream that goes on beside it.
  void RunToHook(CpuSequence& sequence, Hook hook, std::int64_t layer, float* to) const;
  // From there on instead: the hook has the values of `from`, and the rest of its block is computed
  // of them.
  void RunFromHook(CpuSequence& sequence, Hook hook, std::int64_t layer, const float* from) const;
  void RunMlp(CpuSequence& sequence, const CpuBlock& block) const;
  void RunBlocks(CpuSequence& sequence, std::int64_t first) const;
  void MultiplyOutput(CpuSequence& sequence, c10::function_ref<void(const ProductTile&)> use) const;
  void Losses(CpuSequence& sequence, const std::int64_t* token_ids, float* to) const;

  CpuBlockShape shape_;
  const LlamaKernels& kernels_;
  at::Tensor embedding_;
  at::Tensor inverse_frequencies_;
  std::vector<CpuBlock> blocks_;
  std::vector<float> norm_;
  CpuMatrix output_;
};

}  // namespace saelaw
