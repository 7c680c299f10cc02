// The committed random checkpoints, and copies of them that a test may damage.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <ATen/ATen.h>

#include "llm/llama.h"
#include "tensors/safetensors.h"
#include "tensors/temporary_folder.h"

namespace saelaw {

// Written by make_llama_vectors.py.
inline std::filesystem::path Checkpoint(const std::string& name) {
  return std::filesystem::path(SAELAW_SOURCE_DIR) / "tests/llm/data" / name;
}

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

// A checkpoint's files in a folder of the test's own.
class CheckpointCopy {
 public:
  explicit CheckpointCopy(const std::string& name) {
    std::filesystem::copy(Checkpoint(name), folder_.path());
  }
  const std::filesystem::path& path() const { return folder_.path(); }

  std::string Read(const std::string& file) const {
    std::ifstream stream(path() / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void Write(const std::string& file, std::string_view content) const {
    folder_.Write(file, content);
  }
  // Replaces the only occurrence of `from` in the file by `to`.
  void Replace(const std::string& file, std::string_view from, std::string_view to) const {
    std::string content = Read(file);
    const std::size_t at = content.find(from);
    if (at == std::string::npos) throw std::logic_error("no " + std::string(from) + " in " + file);
    content.replace(at, from.size(), to);
    Write(file, content);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace saelaw
