// Named weights of a checkpoint, whatever file format holds them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "llm/llama_config.h"
#include "tensors/tensor_view.h"

namespace saelaw {

// Names are Hugging Face's ("model.layers.0.mlp.up_proj.weight"), and so is the order of rows.
class WeightSource {
 public:
  virtual ~WeightSource() = default;

  // Whether the checkpoint has this tensor.
  virtual bool Has(const std::string& name) = 0;

  // fp32 on the CPU. Throws IoError naming file and tensor: missing, another shape, not finite.
  virtual at::Tensor Load(const std::string& name, const std::vector<std::int64_t>& shape) = 0;
};

// For `path` as ReadLlamaConfig takes it, whose answer `config` is. Throws as that does.
std::unique_ptr<WeightSource> OpenWeights(const std::filesystem::path& path,
                                          const LlamaConfig& config);

// The view's elements as a tensor of `shape`; `file` is for messages. Throws IoError when the
// shape is another one or an element is NaN or infinite.
at::Tensor LoadView(const std::filesystem::path& file,
                    const TensorView& view,
                    const std::vector<std::int64_t>& shape);

std::unique_ptr<WeightSource> OpenSafetensorsWeights(const std::filesystem::path& folder);
std::unique_ptr<WeightSource> OpenGgufWeights(const std::filesystem::path& path,
                                              const LlamaConfig& config);

}  // namespace saelaw
