// Which files a list of names means, in an order that does not depend on the file system, and the
// documents inside them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

// Each name is a file, a folder (its .txt, .rst, .md, .html and .jsonl files, and those of its
// folders) or a pattern (*, ?, [...]). Names keep their order; files inside one are sorted by path,
// byte by byte. A file that several names lead to is there once, at its first place. Throws
// ConfigurationError naming the name that leads to no file, or to a compressed one; IoError for a
// folder that cannot be read.
std::vector<std::filesystem::path> FindTextFiles(const std::vector<std::string>& names);

// Calls `use` with each document of a file, in order: the lines' "text" of a .jsonl file (blank
// lines are passed over), otherwise the whole file. The text is valid UTF-8. Returns how many
// U+FFFD took the place of ill-formed parts. Throws IoError with file:line for a line that is no
// JSON object with a "text".
std::int64_t ForEachDocument(const std::filesystem::path& file,
                             const std::function<void(std::string_view)>& use);

}  // namespace saelaw
