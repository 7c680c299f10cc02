// Shared by the .cc files of tokens/ that read JSON of others: nothing is taken for granted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "tensors/lfs_pointer.h"
#include "tensors/message.h"

namespace saelaw::json {

using Json = nlohmann::json;

// Throws ConfigurationError "PATH: MESSAGE": the file is sound, but asks for what we do not have.
template <typename... Args>
[[noreturn]] void Unsupported(const std::filesystem::path& path,
                              fmt::format_string<Args...> format,
                              Args&&... args) {
  throw ConfigurationError(path.string() + ": " + fmt::format(format, std::forward<Args>(args)...));
}

// The file's object. Throws IoError when it is none, ConfigurationError for a git LFS pointer.
inline Json Parse(const std::filesystem::path& path) {
  const std::string text = ReadFile(path);
  RefuseLfsPointer(path, text);
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) Refuse(path, "is not a JSON object");
  return json;
}

// Null where `json` is no object or lacks the key.
inline const Json& At(const Json& json, const char* key) {
  static const Json null;
  const auto found = json.is_object() ? json.find(key) : json.end();
  return found == json.end() ? null : *found;
}

inline std::string Text(const Json& json) {
  return json.is_string() ? json.get<std::string>() : "";
}

inline bool IsTrue(const Json& json, const char* key, bool absent = false) {
  const Json& value = At(json, key);
  return value.is_boolean() ? value.get<bool>() : absent;
}

}  // namespace saelaw::json
