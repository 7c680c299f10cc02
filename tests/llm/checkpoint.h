// The committed random checkpoints as models, and what is expected of them.
#pragma once

#include <filesystem>
#include <string>

#include <ATen/ATen.h>

#include "llm/llama.h"
#include "models/checkpoint_files.h"
#include "temporary_folder.h"
#include "tensors/safetensors.h"

namespace saelaw {

// What transformers computes for a checkpoint's tokens.
class Expected {
 public:
  explicit Expected(const std::string& name) : file_(Checkpoint(name) / "expected.safetensors") {}

  at::Tensor Get(const std::string& name) const {
    const TensorView& view = *file_.Find(name);
    const auto type = view.type == TensorType::kI64 ? at::kLong : at::kFloat;
    at::Tensor tensor = at::empty(view.shape, type);
    std::memcpy(tensor.mutable_data_ptr(), view.bytes.data(), view.bytes.size());
    return tensor;
  }

 private:
  SafetensorsFile file_;
};

inline double RelativeDifference(const at::Tensor& got, const at::Tensor& expected) {
  if (got.sizes() != expected.sizes()) return INFINITY;
  return ((got - expected).norm() / expected.norm()).item<double>();
}

inline LlamaModel LoadOnCpu(const std::filesystem::path& path,
                            std::int64_t layers,
                            LlamaPrecision precision = LlamaPrecision::kFp32) {
  return {path, layers, precision, at::kCPU};
}

}  // namespace saelaw
