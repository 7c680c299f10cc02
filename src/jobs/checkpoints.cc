// Checkpoints are ordered by the tokens in their names, whichever attempt wrote them, so that
// nothing has to be opened to find the furthest one. What a killed process had begun has no such
// name.
#include "jobs/checkpoints.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "jobs/attempt_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::string_view kSuffix = ".safetensors";

std::vector<fs::path> FurthestOnFirst(const std::vector<fs::path>& attempts) {
  std::vector<std::pair<std::int64_t, fs::path>> found;
  for (const fs::path& attempt : attempts) {
    for (const std::string& name : NamesIn(attempt)) {
      if (CheckpointTokens(name) >= 0) found.emplace_back(CheckpointTokens(name), attempt / name);
    }
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  std::vector<fs::path> files;
  for (auto& [tokens, file] : found) files.push_back(std::move(file));
  return files;
}

void Remove(const std::vector<fs::path>& files) {
  std::error_code ignored;
  for (const fs::path& file : files) fs::remove(file, ignored);
}

std::vector<fs::path> Behind(std::vector<fs::path> files, std::size_t count) {
  const auto kept = static_cast<std::ptrdiff_t>(std::min(count, files.size()));
  files.erase(files.begin(), files.begin() + kept);
  return files;
}

// What a killed process had begun to write has a name that goes on behind that of a checkpoint.
std::vector<fs::path> BegunFiles(const std::vector<fs::path>& attempts) {
  std::vector<fs::path> begun;
  for (const fs::path& attempt : attempts) {
    for (const std::string& name : NamesIn(attempt)) {
      if (name.starts_with(kPrefix) && CheckpointTokens(name) < 0) begun.push_back(attempt / name);
    }
  }
  return begun;
}

}  // namespace

std::string CheckpointFile(std::int64_t tokens) {
  return fmt::format("{}{}{}", kPrefix, tokens, kSuffix);
}

std::int64_t CheckpointTokens(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return -1;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(std::min(name.size(), kSuffix.size()));
  std::int64_t tokens = -1;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), tokens);
  return parsed.ec == std::errc() && parsed.ptr == name.data() + name.size() ? tokens : -1;
}

std::vector<fs::path> CheckpointsOfJob(const fs::path& job_folder) {
  return FurthestOnFirst(AttemptFoldersIn(job_folder));
}

void KeepNewestOfAttempt(const fs::path& attempt_folder, std::size_t count) {
  Remove(Behind(FurthestOnFirst({attempt_folder}), count));
}

void RemoveEarlierCheckpoints(const fs::path& job_folder, const std::string& attempt_id) {
  std::vector<fs::path> earlier;
  std::size_t own = 0;
  for (const fs::path& file : CheckpointsOfJob(job_folder)) {
    if (AttemptIdIn(file.parent_path()) == attempt_id) {
      own += 1;
    } else {
      earlier.push_back(file);
    }
  }
  if (own >= kCheckpointsKept) Remove(earlier);
}

void KeepNewestOfJob(const fs::path& job_folder, std::size_t count) {
  const std::vector<fs::path> attempts = AttemptFoldersIn(job_folder);
  Remove(Behind(FurthestOnFirst(attempts), count));
  Remove(BegunFiles(attempts));
}

}  // namespace saelaw
