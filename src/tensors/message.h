// One-line messages about damaged files: names in them come from the file and may hold anything.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {

// The name in single quotes, control characters replaced, cut after 100 bytes.
inline std::string Quote(std::string_view name) {
  std::string text = "'";
  for (const char c : name.substr(0, 100)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    text += control ? '?' : c;
  }
  text += name.size() > 100 ? "...'" : "'";
  return text;
}

// Throws IoError "PATH: MESSAGE".
template <typename... Args>
[[noreturn]] void Refuse(const std::filesystem::path& path,
                         fmt::format_string<Args...> format,
                         Args&&... args) {
  throw IoError(path.string() + ": " + fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace saelaw
