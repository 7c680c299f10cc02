// All that lies in the cache can be worked out again, so a folder that cannot be made is no error:
// the command takes longer and says so once.
#include "orchestrate/machine/cache.h"

#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace saelaw {
namespace {

namespace fs = std::filesystem;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

fs::path CacheRoot() {
  if (const std::string own = Variable("SAELAW_CACHE"); !own.empty()) return own;
  if (const std::string everyones = Variable("XDG_CACHE_HOME"); !everyones.empty()) {
    return fs::path(everyones) / "saelaw";
  }
  const std::string home = Variable("HOME");
  return (home.empty() ? fs::temp_directory_path() : fs::path(home) / ".cache") / "saelaw";
}

Cache::Cache(Watcher& watcher, fs::path root) : watcher_(watcher), root_(std::move(root)) {}

fs::path Cache::Folder() {
  fs::path folder = root_ / "corpora";
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return folder;
  // Many ask for the folder in one command; the user has to hear of it once.
  if (!std::exchange(told_, true)) {
    watcher_.Warn(fmt::format(
        "cannot make {} ({}), so hashes, token ids and vectors are worked out again each time; "
        "name a folder that may be written in SAELAW_CACHE",
        folder.string(),
        error.message()));
  }
  return {};
}

std::string Cache::FolderFor(const SourceSpec& source) {
  return source.kind == SourceKind::kModel ? Folder().string() : "";
}

}  // namespace saelaw
