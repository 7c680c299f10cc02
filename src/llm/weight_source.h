// Named weights of a checkpoint as tensors, whatever file format holds them.
#pragma once

#include <filesystem>
#include <memory>

#include <ATen/core/Tensor.h>

#include "models/model_family.h"
#include "models/stored_weights.h"

namespace saelaw {

// Rows stand in Hugging Face's order.
class WeightSource {
 public:
  // For `path` as ReadModelConfig takes it, whose answer `config` is, and must outlive this. Throws
  // as OpenStoredWeights.
  WeightSource(const std::filesystem::path& path, const ModelConfig& config);

  const StoredWeights& files() const { return *files_; }

  // fp32 on the CPU. Throws IoError naming file and tensor: missing, another shape, not finite.
  // `layer` counts where the weight is a block's.
  at::Tensor Load(Weight weight, std::int64_t layer = 0) const;

 private:
  std::unique_ptr<StoredWeights> files_;
  const ModelConfig& config_;
};

}  // namespace saelaw
