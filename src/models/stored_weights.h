// The named weights of a checkpoint where they lie, whatever file format holds them. Opening reads
// headers alone.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tensors/tensor_view.h"

namespace saelaw {

class StoredWeights {
 public:
  virtual ~StoredWeights() = default;

  // Names are Hugging Face's ("model.layers.0.mlp.up_proj.weight"), also where the files call them
  // otherwise.
  virtual bool Has(const std::string& name) const = 0;

  // A tensor and its file's path (for messages); both live as long as this object.
  struct Found {
    const std::filesystem::path* path = nullptr;
    const TensorView* view = nullptr;
  };
  // Throws IoError where it is missing, ConfigurationError where its type cannot be read.
  virtual Found Find(const std::string& name) = 0;

  // GGUF's order of rows in q_proj and k_proj: the two halves of each head's rotary pairs
  // interleaved.
  virtual bool interleaved() const = 0;
};

// For `path` as ReadModelConfig takes it. Throws ConfigurationError where the folder holds no
// weights that are read (with what it holds instead), IoError for a damaged file.
std::unique_ptr<StoredWeights> OpenStoredWeights(const std::filesystem::path& path);

// Whether there is anything to open: a GGUF file, or a folder with weights under one of the names
// that are looked for. False for a path that does not exist.
bool HasWeights(const std::filesystem::path& path);

// The files whose content makes the weights: of a folder model.safetensors or the shards of its
// index, of GGUF all parts; the configuration is not among them. Ascending. What else lies in the
// folder (an adapter, other weights) is not. Throws as OpenStoredWeights does.
std::vector<std::filesystem::path> WeightFilePaths(const std::filesystem::path& path);

}  // namespace saelaw
