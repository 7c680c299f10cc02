// Names come from the disk and may hold anything; commands are meant to be copied into a shell,
// where an unquoted name would be an injection.
#include "tokens/text_message.h"

#include <algorithm>

#include <fmt/format.h>

namespace saelaw {
namespace {

bool NeedsNoQuotes(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("_./+-=,@%").find(c) != std::string_view::npos;
}

std::string ForShell(const std::string& name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), NeedsNoQuotes)) return name;
  std::string quoted = "'";
  // Inside single quotes nothing is special but the quote itself, which has to stand outside of
  // them, escaped.
  for (const char c : name) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string ShownPath(const std::filesystem::path& path) {
  std::string shown = path.string();
  std::replace_if(
      shown.begin(),
      shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return shown;
}

std::string IconvCommand(const std::filesystem::path& path, std::string_view encoding) {
  const std::string name = ForShell(ShownPath(path));
  const std::string made = ForShell(ShownPath(path) + ".utf8");
  return fmt::format("iconv -f {} -t UTF-8 {} > {} && mv {} {}", encoding, name, made, made, name);
}

}  // namespace saelaw
