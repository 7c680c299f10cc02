// A hash is kept under the file's stamp and not under its path alone: as soon as anything about the
// file changes, the old entry is simply not found. Entries are never removed; each is a few bytes
// to a few lines.
#include "identity/remembered_hash.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "core/errors.h"
#include "core/files.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

fs::path FindPlace(const std::string& stamp,
                   const std::string& kind,
                   const fs::path& cache_folder) {
  return cache_folder / (kind + "-" + HashBytes(stamp));
}

std::optional<std::string> Find(const fs::path& place) {
  std::error_code unreadable;
  if (!fs::is_regular_file(place, unreadable)) return std::nullopt;
  return ReadFile(place);
}

}  // namespace

void KeepIfPossible(const fs::path& place, const std::string& found) {
  // Without a cache folder there is no place.
  if (place.empty()) return;
  try {
    WriteFile(place, found);
  } catch (const Error&) {
    // What it says is known; only keeping it failed.
  }
}

// The time of the last change of the inode is among them: unlike the time of the content, nobody
// can set it back.
std::string ReadStamp(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    throw IoError(fmt::format("cannot read {}", file.string()));
  return fmt::format("{} {} {} {} {}.{} {}.{}",
                     fs::absolute(file).string(),
                     status.st_dev,
                     status.st_ino,
                     status.st_size,
                     status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec,
                     status.st_ctim.tv_sec,
                     status.st_ctim.tv_nsec);
}

std::string Remembered(const fs::path& file,
                       const std::string& kind,
                       const fs::path& cache_folder,
                       const std::function<std::string()>& compute) {
  const std::string stamp = ReadStamp(file);
  const fs::path place = FindPlace(stamp, kind, cache_folder);
  if (!cache_folder.empty()) {
    if (std::optional<std::string> found = Find(place)) return *std::move(found);
  }
  std::string found = compute();
  // The stamp was taken before the file was read. What was read while it was written means nothing.
  if (ReadStamp(file) != stamp) {
    throw ConfigurationError(
        fmt::format("{} is being written: wait until it is complete", file.string()));
  }
  if (!cache_folder.empty()) KeepIfPossible(place, found);
  return found;
}

std::optional<std::string> RememberedAlready(const fs::path& file,
                                             const std::string& kind,
                                             const fs::path& cache_folder) {
  if (cache_folder.empty()) return std::nullopt;
  return Find(FindPlace(ReadStamp(file), kind, cache_folder));
}

}  // namespace saelaw
