#include "tokens/text_files.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <glob.h>
#include <nlohmann/json.hpp>

#include "run/errors.h"
#include "tensors/mapped_file.h"
#include "tensors/message.h"
#include "tokens/utf8.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTextExtensions = {".txt", ".rst", ".md", ".html", ".jsonl"};
constexpr std::array kPackedExtensions = {
    ".gz", ".xz", ".zst", ".bz2", ".zip", ".dz", ".parquet", ".npy"};

template <std::size_t n>
bool HasExtension(const fs::path& path, const std::array<const char*, n>& extensions) {
  const std::string extension = path.extension().string();
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

std::vector<std::string> FilesOfFolder(const fs::path& folder) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && HasExtension(entry.path(), kTextExtensions)) {
      files.push_back(entry.path().string());
    }
  }
  return files;
}

std::vector<std::string> FilesOfPattern(const std::string& pattern) {
  glob_t matches = {};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches) == 0) {
    for (std::size_t i = 0; i < matches.gl_pathc; ++i) {
      if (fs::is_regular_file(matches.gl_pathv[i])) files.emplace_back(matches.gl_pathv[i]);
    }
  }
  ::globfree(&matches);
  return files;
}

// A file whose name holds a pattern's characters is that file.
std::vector<std::string> FilesOfName(const std::string& name) {
  try {
    if (fs::is_directory(name)) return FilesOfFolder(name);
    if (fs::exists(name)) return {name};
    return FilesOfPattern(name);
  } catch (const fs::filesystem_error& error) {
    throw IoError(error.what());
  }
}

std::string_view Bytes(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

std::int64_t UseRepaired(std::string_view text, const std::function<void(std::string_view)>& use) {
  if (IsUtf8(text)) {
    use(text);
    return 0;
  }
  const RepairedText repaired = RepairUtf8(text);
  use(repaired.text);
  return repaired.replaced;
}

std::string TextOfLine(const fs::path& file, std::int64_t line, std::string_view json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  const auto text = parsed.is_object() ? parsed.find("text") : parsed.end();
  if (text == parsed.end() || !text->is_string()) {
    throw IoError(fmt::format(
        "{}:{}: is no JSON object with a \"text\" that is a string", file.string(), line));
  }
  return text->get<std::string>();
}

std::int64_t ForEachLine(const fs::path& file,
                         std::string_view content,
                         const std::function<void(std::string_view)>& use) {
  std::int64_t replaced = 0;
  for (std::int64_t line = 1; !content.empty(); ++line) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view json = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (json.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    replaced +=
        UseRepaired(json, [&](std::string_view valid) { use(TextOfLine(file, line, valid)); });
  }
  return replaced;
}

}  // namespace

std::vector<fs::path> FindTextFiles(const std::vector<std::string>& names) {
  std::vector<fs::path> found;
  std::set<fs::path> seen;
  for (const std::string& name : names) {
    std::vector<std::string> files = FilesOfName(name);
    std::sort(files.begin(), files.end());
    if (files.empty())
      throw ConfigurationError(fmt::format("no text file matches {}", Quote(name)));
    for (const std::string& file : files) {
      if (HasExtension(fs::path(file), kPackedExtensions)) {
        throw ConfigurationError(
            fmt::format("{}: is not text: unpack it (token ids belong in token_files)", file));
      }
      if (seen.insert(fs::canonical(file)).second) found.emplace_back(file);
    }
  }
  return found;
}

std::int64_t ForEachDocument(const fs::path& file,
                             const std::function<void(std::string_view)>& use) {
  const MappedFile mapped(file);
  if (file.extension() == ".jsonl") return ForEachLine(file, Bytes(mapped), use);
  return UseRepaired(Bytes(mapped), use);
}

}  // namespace saelaw
