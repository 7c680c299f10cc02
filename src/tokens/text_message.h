// How messages about text files show their names, and the commands that mend the files.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saelaw {

// What a folder gives, in words.
inline constexpr std::string_view kFolderExtensionsText =
    ".txt, .rst, .md, .html, .jsonl, .ndjson and .json with text";

// The path on one line: control characters become '?'.
std::string ShownPath(const std::filesystem::path& path);

// "iconv -f UTF-16LE -t UTF-8 FILE > FILE.utf8 && mv FILE.utf8 FILE", the names quoted where a
// shell needs it.
std::string IconvCommand(const std::filesystem::path& path, std::string_view encoding);

}  // namespace saelaw
