// The order of files must not depend on the file system, since it decides the order of documents;
// so names keep their order and everything found below one is sorted byte by byte. What is a text
// is told by names in folders, where nobody listed the files, and by content where a file was
// named.
#include "tokens/text_files.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "core/errors.h"
#include "tensors/mapped_file.h"
#include "tensors/message.h"
#include "tokens/file_kind.h"
#include "tokens/file_patterns.h"
#include "tokens/text_encoding.h"
#include "tokens/text_message.h"
#include "tokens/utf8.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTextExtensions = {".txt", ".rst", ".md", ".html"};
constexpr std::array kLinesExtensions = {".jsonl", ".ndjson", ".jsonlines", ".ldjson"};
constexpr std::array kPackedExtensions = {
    ".gz", ".xz", ".zst", ".bz2", ".zip", ".dz", ".parquet", ".npy"};

// Of ASCII letters alone, as these names are; the locale must not decide what is read.
std::string Extension(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return extension;
}

template <std::size_t n>
bool HasExtension(const fs::path& path, const std::array<const char*, n>& extensions) {
  return std::find(extensions.begin(), extensions.end(), Extension(path)) != extensions.end();
}

std::string_view Bytes(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

// Whether a folder's .json file is text rather than somebody's settings. What cannot be told is
// taken, so that reading it says why.
bool BeginsWithDocument(const fs::path& file, std::string_view text_key) {
  const MappedFile mapped(file);
  const std::string_view text = WithoutUtf8Mark(Bytes(mapped));
  const JsonFront front = LookAtJson(text, text_key);
  return front != JsonFront::kNothing && front != JsonFront::kOther &&
         front != JsonFront::kLinesOfOther;
}

// A folder of nothing but .json files without the key: reading them says which keys they have.
void TakeJson(FoundText& found) {
  const auto json = std::stable_partition(
      found.passed_over.begin(), found.passed_over.end(), [](const fs::path& file) {
        return Extension(file) != ".json";
      });
  found.files.assign(json, found.passed_over.end());
  found.passed_over.erase(json, found.passed_over.end());
}

FoundText FindInFolder(const std::string& folder, std::string_view text_key) {
  // The walk gives the file system's order.
  std::vector<std::string> files = FilesBelow(folder);
  std::sort(files.begin(), files.end());
  FoundText found;
  for (const std::string& file : files) {
    const bool json = Extension(file) == ".json";
    const bool text = json ? BeginsWithDocument(file, text_key)
                           : HasExtension(fs::path(file), kTextExtensions) ||
                                 HasExtension(fs::path(file), kLinesExtensions);
    (text ? found.files : found.passed_over).emplace_back(file);
  }
  // To say "no text" of a folder full of JSON would hide that only the key is wrong.
  if (found.files.empty()) TakeJson(found);
  return found;
}

FoundText FindByName(const std::string& name, std::string_view text_key) {
  try {
    if (fs::is_directory(name)) return FindInFolder(name, text_key);
    // A file whose name holds a pattern's characters is that file.
    if (fs::exists(name)) return {{name}, {}};
    const std::vector<std::string> files = ExpandPattern(name);
    return {{files.begin(), files.end()}, {}};
  } catch (const fs::filesystem_error& error) {
    throw IoError(error.what());
  }
}

[[noreturn]] void RefuseNothing(const std::string& name, const FoundText& found) {
  std::string mend;
  std::error_code error;
  if (fs::is_directory(name, error)) {
    mend = fmt::format(": of a folder {} are read; it holds {} other files{}{}",
                       kFolderExtensionsText,
                       found.passed_over.size(),
                       found.passed_over.empty() ? "" : ", such as ",
                       found.passed_over.empty() ? "" : ShownPath(found.passed_over.front()));
  } else if (name.find('{') != std::string::npos) {
    mend = ": braces stand for themselves; list several patterns instead";
  } else if (name.find_first_of("*?[") != std::string::npos) {
    mend = " (folders are no match: folder/**/*.txt looks into them)";
  }
  throw ConfigurationError(fmt::format("no text file matches {}{}", Quote(name), mend));
}

}  // namespace

FoundText FindText(const std::vector<std::string>& names, std::string_view text_key) {
  FoundText all;
  std::set<fs::path> seen;
  for (const std::string& name : names) {
    FoundText found = FindByName(name, text_key);
    if (found.files.empty()) RefuseNothing(name, found);
    for (const fs::path& file : found.files) {
      if (HasExtension(file, kPackedExtensions)) {
        throw ConfigurationError(fmt::format(
            "{}: is not text: unpack it (token ids belong in token_files)", ShownPath(file)));
      }
      // The same file by two names would count twice, and stand on both sides of the split.
      if (seen.insert(fs::canonical(file)).second) all.files.push_back(file);
    }
    all.passed_over.insert(
        all.passed_over.end(), found.passed_over.begin(), found.passed_over.end());
  }
  return all;
}

std::vector<fs::path> FindTextFiles(const std::vector<std::string>& names,
                                    std::string_view text_key) {
  return FindText(names, text_key).files;
}

std::string_view FormatWord(const fs::path& file) {
  if (HasExtension(file, kLinesExtensions)) return "lines";
  return Extension(file) == ".json" ? "json" : "text";
}

FileReading ForEachDocument(const fs::path& file,
                            std::string_view text_key,
                            const std::function<void(std::string_view)>& use) {
  const MappedFile mapped(file);
  const DecodedText decoded = DecodeText(file, Bytes(mapped));
  const std::string_view text = decoded.text();
  FileReading reading;
  reading.replaced = decoded.replaced();
  // A name that says JSON is believed, and faults are then told. Without such a name the content
  // decides, but only for objects with the key: a text may begin with a brace.
  const bool named_json = FormatWord(file) != "text";
  const JsonFront front =
      named_json || text.substr(0, 1) != "{" ? JsonFront::kNoJson : LookAtJson(text, text_key);
  reading.json_by_content = front == JsonFront::kDocument;
  reading.json_as_text = front == JsonFront::kLinesOfOther;
  if (named_json || reading.json_by_content) {
    reading.documents = ForEachJsonDocument(file, text, text_key, use);
  } else if (text.empty()) {
    reading.documents.empty = 1;
  } else {
    reading.documents.documents = 1;
    use(text);
  }
  return reading;
}

}  // namespace saelaw
