// Small GGUF files: keys, and tensors of one number each.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tensors/bytes.h"

namespace saelaw {

// A key and its value, as the file has it.
inline std::string GgufInteger(const std::string& key, std::uint32_t value) {
  constexpr std::uint32_t kU32 = 4;  // the specification's number of the type
  return GgufText(key) + Le(kU32) + Le(value);
}
inline std::string GgufWord(const std::string& key, const std::string& value) {
  constexpr std::uint32_t kString = 8;
  return GgufText(key) + Le(kString) + GgufText(value);
}

// Each tensor's number is its place in the list.
inline std::string GgufBytes(const std::vector<std::string>& keys,
                             const std::vector<std::string>& tensors) {
  constexpr std::size_t kAlignment = 32;
  std::string text = "GGUF" + Le(std::uint32_t{3}) + Le(std::uint64_t{tensors.size()}) +
                     Le(std::uint64_t{keys.size()});
  for (const std::string& key : keys) text += key;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    constexpr std::uint32_t kF32 = 0;
    text += GgufText(tensors[i]) + Le(std::uint32_t{1}) + Le(std::uint64_t{1}) + Le(kF32) +
            Le(std::uint64_t{i * kAlignment});
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment);
    text += Le(static_cast<float>(i));
  }
  return text;
}

}  // namespace saelaw
