// Which files a list of names means, in an order that does not depend on the file system, and the
// documents inside them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tokens/json_documents.h"

namespace saelaw {

inline constexpr std::string_view kDefaultTextKey = "text";

struct FoundText {
  std::vector<std::filesystem::path> files;
  // Files in folders that are not read since they are no text, in order of path.
  std::vector<std::filesystem::path> passed_over;
};

// Each name is a file, a folder (its .txt, .rst, .md, .html, .jsonl and .ndjson files, its .json
// files that begin with a document, and those of its folders; hidden ones are left) or a pattern
// (*, ?, [...], ** for folders). Names keep their order; files inside one are sorted by path, byte
// by byte. A file that several names lead to is there once, at its first place. Throws
// ConfigurationError naming the name that leads to no file, or to a compressed one; IoError for a
// folder that cannot be read.
FoundText FindText(const std::vector<std::string>& names,
                   std::string_view text_key = kDefaultTextKey);

// The files alone.
std::vector<std::filesystem::path> FindTextFiles(const std::vector<std::string>& names,
                                                 std::string_view text_key = kDefaultTextKey);

// "lines" for the names of JSON lines (.jsonl, .ndjson, .jsonlines, .ldjson), "json" for .json,
// otherwise "text": what a file's name says of how it is read. Stored: do not change.
std::string_view FormatWord(const std::filesystem::path& file);

struct FileReading {
  JsonCounts documents;
  std::int64_t replaced = 0;  // U+FFFD put in for bytes that are no character
  bool json_by_content = false;
  bool json_as_text = false;
};

// Calls `use` with each document of a file, in order. A .jsonl, .ndjson or .json file is read as
// JSON (see ForEachJsonDocument), and so is a file of another name that begins with objects of
// which the first has the key; anything else is one document. The text is valid UTF-8 and not
// empty. Throws as DecodeText and ForEachJsonDocument do, and IoError for a file that cannot be
// read.
FileReading ForEachDocument(const std::filesystem::path& file,
                            std::string_view text_key,
                            const std::function<void(std::string_view)>& use);

}  // namespace saelaw
