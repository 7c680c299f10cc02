// The JSON header of a safetensors file, read as a stream: nothing nested deeper than the format
// allows is ever built in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tensors/tensor_view.h"

namespace saelaw {

// One entry as written; nothing about it is checked against the file yet.
struct SafetensorsEntry {
  TensorType type = TensorType::kF32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  // bytes from the start of the data section
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};

// Throws IoError naming `path`: not JSON, not UTF-8, wrong structure, duplicate or missing keys.
SafetensorsHeader ParseSafetensorsHeader(const std::filesystem::path& path, std::string_view json);

}  // namespace saelaw
