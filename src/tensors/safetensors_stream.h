// Writing safetensors whose tensors come in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tensors/tensor_view.h"

namespace saelaw {

// A tensor that is handed out in pieces, so that it need not lie in memory as the file has it.
struct TensorStream {
  using Take = std::function<void(std::span<const std::byte> piece)>;

  std::string name;
  TensorType type = TensorType::kF32;
  std::vector<std::int64_t> shape;
  // Hands all bytes to `take`, in the file's order; the same ones at every call.
  std::function<void(const Take& take)> give;
};

// As WriteSafetensors of tensors/safetensors.h.
void StreamSafetensors(const std::filesystem::path& path,
                       const std::vector<TensorStream>& tensors,
                       const std::map<std::string, std::string>& metadata);

// The same with one more tensor at the end, `checksum` (U8, [32]): the digits of HashBytes of every
// byte of the file before them, header and metadata included. Stored: do not change.
void StreamSealedSafetensors(const std::filesystem::path& path,
                             const std::vector<TensorStream>& tensors,
                             const std::map<std::string, std::string>& metadata);

}  // namespace saelaw
