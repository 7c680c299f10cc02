// Earlier attempts are made stale before their results are collected, since one of them may still
// be writing on a machine that was thought dead.
#include "jobs/job_folder.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "jobs/attempt_folder.h"
#include "jobs/checkpoints.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// What `current` names when no attempt counts any more. No attempt's id is this.
constexpr std::string_view kNoAttempt = "none";

}  // namespace

JobFolder::JobFolder(fs::path folder) : folder_(std::move(folder)) {}

fs::path JobFolder::NameLog(const std::string& attempt_id) const {
  return folder_ / fmt::format("stderr-{}.log", attempt_id);
}

void JobFolder::Prepare(const Job& job, const std::string& attempt_id) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) {
    throw IoError(fmt::format("cannot make the folder {}: {}", folder_.string(), error.message()));
  }
  if (!fs::exists(job_file(), error) || !HasLeftSomething()) {
    WriteFile(job_file(), ToJson(job), Durability::kSynced);
  }
  KeepNewestOfJob(folder_, kCheckpointsKept);
  WriteFile(folder_ / kCurrentFile, attempt_id, Durability::kSynced);
}

std::vector<EarlierNews> JobFolder::Collect(const Job& job) const {
  std::error_code ignored;
  if (!fs::exists(folder_ / kCurrentFile, ignored)) return {};
  // First the earlier attempts become stale, then they are read: what one of them still writes was
  // under way before, and no later checkpoint builds on it.
  WriteFile(folder_ / kCurrentFile, kNoAttempt, Durability::kSynced);
  std::set<std::string> attempt_ids;
  for (const fs::path& attempt : AttemptFoldersIn(folder_)) {
    attempt_ids.insert(AttemptIdIn(attempt));
  }
  std::vector<EarlierNews> finished;
  for (const std::string& attempt_id : attempt_ids) {
    for (AttemptNews& news : AttemptReader(folder_, job, attempt_id).Read()) {
      const bool lasts =
          std::holds_alternative<FinishedRun>(news) || std::holds_alternative<Measurement>(news);
      if (lasts) finished.push_back({attempt_id, std::move(news)});
    }
  }
  return finished;
}

bool JobFolder::HasLeftSomething() const {
  for (const fs::path& attempt : AttemptFoldersIn(folder_)) {
    for (const std::string& name : NamesIn(attempt)) {
      if (CheckpointTokens(name) >= 0 || name.starts_with("result-")) return true;
    }
  }
  return false;
}

}  // namespace saelaw
