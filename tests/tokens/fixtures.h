// What the token tests are made of: folders that go away, and documents given as ids.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"
#include "tokens/token_store.h"

namespace saelaw::testing {

inline const std::filesystem::path kData =
    std::filesystem::path(SAELAW_SOURCE_DIR) / "tests/tokens/data";

// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "saelaw-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // The path of a new file, its folders made.
  std::filesystem::path Write(const std::string& name, std::string_view content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    WriteFile(file, content);
    return file;
  }

 private:
  std::filesystem::path path_;
};

// Documents given as ids, no files.
inline TokenStore MakeStore(const std::vector<std::vector<std::int32_t>>& documents) {
  TokenStore store;
  for (const std::vector<std::int32_t>& document : documents) {
    store.filling().insert(store.filling().end(), document.begin(), document.end());
    store.EndDocument();
  }
  return store;
}

}  // namespace saelaw::testing
