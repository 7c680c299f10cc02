// The check both weight formats need: tensors lie in the data section without overlap.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace saelaw {

// Where a tensor lies, in bytes from the start of the data section; begin <= end.
struct TensorExtent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string name;
};

// Sorts by position. Throws IoError naming two tensors that share bytes.
void CheckNoOverlap(const std::filesystem::path& path, std::vector<TensorExtent>& extents);

}  // namespace saelaw
