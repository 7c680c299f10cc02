// The committed random checkpoints, and copies of them that a test may damage.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "temporary_folder.h"

namespace saelaw {

// Written by tests/llm/make_llama_vectors.py.
inline std::filesystem::path Checkpoint(const std::string& name) {
  return std::filesystem::path(SAELAW_SOURCE_DIR) / "tests/llm/data" / name;
}

// A checkpoint's files in a folder of the test's own.
class CheckpointCopy {
 public:
  explicit CheckpointCopy(const std::string& name) {
    std::filesystem::copy(Checkpoint(name), folder_.path());
  }
  const std::filesystem::path& path() const { return folder_.path(); }

  std::string Read(const std::string& file) const {
    std::ifstream stream(path() / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void Write(const std::string& file, std::string_view content) const {
    folder_.Write(file, content);
  }
  // Replaces the only occurrence of `from` in the file by `to`.
  void Replace(const std::string& file, std::string_view from, std::string_view to) const {
    std::string content = Read(file);
    const std::size_t at = content.find(from);
    if (at == std::string::npos) throw std::logic_error("no " + std::string(from) + " in " + file);
    content.replace(at, from.size(), to);
    Write(file, content);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace saelaw
