// Contexts of a corpus through a language model up to a hook, and from the hook on to its loss.
#pragma once

#include <cstdint>
#include <functional>
#include <shared_mutex>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "activations/source.h"
#include "llm/llama.h"
#include "tokens/corpus.h"

namespace saelaw {

// As SourceOptions::on_reading.
using Told = std::function<void(std::int64_t, std::int64_t)>;

// Contexts that go through the model together. Shorter ones are filled up at their end, which a
// causal model's earlier positions do not see: each attends to its own tokens alone.
struct ForwardBatch {
  std::vector<std::size_t> contexts;  // places in the list that was divided
  at::Tensor ids;                     // int64 [contexts, length]
  std::vector<std::int64_t> used;     // flat places in [contexts, length] that are used, ascending
  std::vector<std::int64_t> used_begin;  // of each context's in `used`; contexts + 1 values
};

class HookedModel {
 public:
  // Throws as OpenModel says.
  HookedModel(const SourceSpec& spec, const SourceOptions& options);

  const Corpus& corpus() const { return corpus_; }
  std::int64_t d_in() const { return HookWidth(config_, hook_); }
  std::int64_t vocabulary() const { return config_.vocabulary; }
  at::Device device() const { return device_; }

  // The used vectors of the contexts: [rows.size(), d_in], on the device; vector i, counted through
  // the contexts as they are listed, stands in row rows[i]. In the model's own precision, which
  // takes half the memory of fp32 where that is bf16. `told` is called by this thread.
  at::Tensor Run(const std::vector<Context>& contexts,
                 const std::vector<std::int64_t>& rows,
                 const Told& told) const;

  // The contexts in batches of one length each or nearly so, the longest first.
  std::vector<ForwardBatch> CutIntoBatches(const std::vector<Context>& contexts) const;

  // [contexts, length, d_in], fp32. `residual` as LlamaModel's.
  at::Tensor Activations(const at::Tensor& ids, at::Tensor* residual = nullptr) const {
    return llama_.Activations(ids, hook_, layer_, stop_, residual);
  }

  // [contexts, length - 1]: of each next token, with `activations` in the hook's place.
  at::Tensor Losses(const at::Tensor& ids,
                    const at::Tensor& residual,
                    const at::Tensor& activations) const {
    return llama_.NextTokenLosses(ids, hook_, layer_, residual, activations);
  }

  // While no block is computed: that reads the layers that are there.
  void LoadAll() {
    const std::unique_lock alone(layers_);
    llama_.LoadAll();
  }

 private:
  std::int64_t TokensTogether() const;
  ForwardBatch MakeBatch(const std::vector<Context>& contexts,
                         std::span<const std::size_t> places) const;
  at::Tensor Forward(const ForwardBatch& batch, const std::vector<Context>& contexts) const;
  void CheckFinite(const at::Tensor& vectors,
                   const ForwardBatch& batch,
                   const std::vector<Context>& contexts) const;

  ModelConfig config_;
  Hook hook_;
  std::int64_t layer_;
  Corpus corpus_;
  at::Device device_;
  at::ScalarType type_;  // of the vectors
  StopCheck stop_;
  LlamaModel llama_;
  mutable std::shared_mutex layers_;  // of llama_
};

}  // namespace saelaw
