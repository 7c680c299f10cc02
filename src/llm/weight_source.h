// Named weights of a checkpoint as tensors, whatever file format holds them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/llama_config.h"
#include "models/stored_weights.h"

namespace saelaw {

// Names are Hugging Face's ("model.layers.0.mlp.up_proj.weight"), and so is the order of rows.
class WeightSource {
 public:
  // For `path` as ReadLlamaConfig takes it, whose answer `config` is. Throws as OpenStoredWeights.
  WeightSource(const std::filesystem::path& path, const LlamaConfig& config);

  const StoredWeights& files() const { return *files_; }

  // fp32 on the CPU. Throws IoError naming file and tensor: missing, another shape, not finite.
  at::Tensor Load(const std::string& name, const std::vector<std::int64_t>& shape) const;

 private:
  std::unique_ptr<StoredWeights> files_;
  std::int64_t heads_;
  std::int64_t kv_heads_;
};

}  // namespace saelaw
