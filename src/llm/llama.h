// The forward pass of Llama-family language models, up to a hook or to the logits.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "llm/cpu_llama.h"
#include "llm/llama_block.h"
#include "llm/stop.h"
#include "models/model_config.h"

namespace saelaw {

enum class LlamaPrecision { kFp32, kBf16 };  // of weights and activations; norms compute in fp32

// Const members may be called from several threads at once.
// The same tokens give the same bits on the same machine with the same number of threads.
class LlamaModel {
 public:
  // Loads the first `layers` blocks (all of them, and what the logits need, when `layers` is the
  // model's number). `path` is a Hugging Face folder with safetensors or a GGUF file. Throws what
  // ReadModelConfig throws, and IoError naming the tensor when one is missing, has another shape,
  // or is not finite.
  LlamaModel(const std::filesystem::path& path,
             std::int64_t layers,
             LlamaPrecision precision,
             at::Device device);

  const ModelConfig& config() const { return config_; }

  // token_ids: int64 [batch, context], on any device. Layers count from 0. Returns fp32
  // [batch, context, HookWidth(hook)] on the model's device. Throws ConfigurationError when the
  // layer was not loaded, the context is longer than the model's, or an id is not in the
  // vocabulary; and Stopped when `stop`, asked between blocks, says so. `residual`, where given,
  // receives what NextTokenLosses goes on from: the residual stream beside the hook, fp32
  // [batch, context, hidden_size]; undefined where the hook is the stream itself (core/hooks.h).
  at::Tensor Activations(const at::Tensor& token_ids,
                         Hook hook,
                         std::int64_t layer,
                         const StopCheck& stop = {},
                         at::Tensor* residual = nullptr) const;

  // Loads the layers that are not loaded yet, and what the logits need. Throws as the constructor.
  void LoadAll();

  // The cross-entropy -ln p(token t + 1 | tokens up to t), in nats: fp32 [batch, context - 1]; with
  // `activations` [batch, context, HookWidth(hook)] in the place of the hook's own at every
  // position, and `residual` as Activations gave it for these tokens: only what follows the hook is
  // computed. The activations that came with it leave the model as it is. Throws as Logits does.
  at::Tensor NextTokenLosses(const at::Tensor& token_ids,
                             Hook hook,
                             std::int64_t layer,
                             const at::Tensor& residual,
                             const at::Tensor& activations) const;

  // fp32 [batch, context, vocabulary]. Throws ConfigurationError unless all layers were loaded.
  at::Tensor Logits(const at::Tensor& token_ids) const;

 private:
  at::Tensor ComputeHook(const at::Tensor& token_ids,
                         Hook hook,
                         std::int64_t layer,
                         const StopCheck& stop,
                         at::Tensor* residual = nullptr) const;
  // The stream before block `layer`.
  ResidualStream BeforeBlock(const at::Tensor& token_ids,
                             std::int64_t layer,
                             const RotaryTables& rotary,
                             const StopCheck& stop) const;
  at::Tensor ComputeLogits(const at::Tensor& token_ids) const;
  at::Tensor ComputeLosses(const at::Tensor& token_ids,
                           Hook hook,
                           std::int64_t layer,
                           const at::Tensor& residual,
                           const at::Tensor& activations) const;
  RotaryTables MakeRotary(const at::Tensor& token_ids) const;
  void Load(std::int64_t layers);
  void CheckLayer(std::int64_t layer) const;
  void CheckAllLoaded() const;
  template <typename Forward>
  at::Tensor InParts(const at::Tensor& token_ids, Forward forward) const;
  void CheckTokens(const at::Tensor& token_ids) const;

  std::filesystem::path path_;
  ModelConfig config_;
  LlamaBlockShape shape_;
  at::Device device_;
  at::Tensor embedding_;           // [vocabulary, hidden_size]
  std::int64_t loaded_ = 0;        // layers, the first ones of the model
  std::unique_ptr<CpuLlama> cpu_;  // bf16 on the CPU; has what the following three are for else
  std::vector<LlamaBlock> blocks_;
  at::Tensor final_norm_;           // [hidden_size]; undefined unless all blocks are loaded
  at::Tensor output_;               // [vocabulary, hidden_size]; likewise
  at::Tensor inverse_frequencies_;  // fp32 [head_dim / 2]
};

}  // namespace saelaw
