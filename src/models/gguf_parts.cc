// The first part tells how many parts there are, and its own name tells what the others are called,
// as llama.cpp finds them. All parts are opened at once, because the tensors of a block may lie in
// any of them.
#include "models/gguf_parts.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxParts = 99'999;  // five digits

std::string PartName(std::string_view stem, std::int64_t part, std::int64_t count) {
  return fmt::format("{}-{:05}-of-{:05}.gguf", stem, part, count);
}

// The part of the name before "-00001-of-00003.gguf".
std::string FindStem(const fs::path& path, std::int64_t count) {
  const std::string name = path.filename().string();
  const std::string ending = PartName("", 1, count);
  if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  throw ConfigurationError(fmt::format(
      "{}: one of {} files (split.count), and its name does not end in {}, by which the "
      "others would be found: name them so, or join them with llama-gguf-split --merge",
      path.string(),
      count,
      ending));
}

// Only the first part holds the metadata of the model, so no other part can stand for the whole.
// split.no counts from 0, the names of the files count from 1.
void CheckIsFirst(const GgufFile& file, std::int64_t count) {
  const std::int64_t number = file.Integer("split.no").value_or(0);
  if (number == 0) return;
  throw ConfigurationError(
      fmt::format("{}: part {} of {} files: give the first, ...{}, with the others beside it",
                  file.path().string(),
                  number + 1,
                  count,
                  PartName("", 1, count)));
}

GgufFile OpenPart(const fs::path& first, const std::string& name, std::int64_t count) {
  const fs::path path = first.parent_path() / name;
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw ConfigurationError(fmt::format(
        "{}: one of {} files (split.count), but {} is not beside it", first.string(), count, name));
  }
  return GgufFile(path);
}

// A part of another split may have the right name; the sum of the tensors usually gives it away.
void CheckTensorCount(const std::vector<GgufFile>& files) {
  const GgufFile& first = files.front();
  const std::optional<std::int64_t> told = first.Integer("split.tensors.count");
  std::size_t found = 0;
  for (const GgufFile& file : files) found += file.TensorNames().size();
  if (told && *told != static_cast<std::int64_t>(found)) {
    throw IoError(fmt::format("{}: its {} parts hold {} tensors, split.tensors.count says {}",
                              first.path().string(),
                              files.size(),
                              found,
                              *told));
  }
}

}  // namespace

GgufParts::GgufParts(const fs::path& path) {
  files_.emplace_back(path);
  const std::int64_t count = first().Integer("split.count").value_or(1);
  if (count <= 1) return;
  if (count > kMaxParts) {
    throw IoError(fmt::format("{}: split.count is {}", path.string(), count));
  }
  CheckIsFirst(first(), count);
  const std::string stem = FindStem(path, count);
  for (std::int64_t part = 2; part <= count; ++part) {
    files_.push_back(OpenPart(path, PartName(stem, part, count), count));
  }
  CheckTensorCount(files_);
}

GgufParts::Found GgufParts::Find(const std::string& name) const {
  for (const GgufFile& file : files_) {
    if (const TensorView* view = file.Find(name)) return {&file, view};
  }
  return {};
}

bool GgufParts::Has(const std::string& name) const {
  return std::any_of(
      files_.begin(), files_.end(), [&](const GgufFile& file) { return file.Has(name); });
}

}  // namespace saelaw
