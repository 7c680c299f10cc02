// A folder's name holds the attempt's id and a nonce: a queue may start one attempt twice, and the
// two must not write into one folder. What the planner believes is synced; progress is not.
#include "jobs/attempt_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/files.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

std::string FirstLine(const fs::path& path) {
  std::error_code failure;
  if (!fs::exists(path, failure)) return "";
  const std::string text = ReadFile(path);
  return text.substr(0, text.find_first_of(" \r\n"));
}

std::string EnvironmentOr(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : value;
}

// Differs between any two processes on any two machines, also when Slurm starts a job twice.
std::string Nonce() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const std::string text = fmt::format("{}|{}|{}|{}|{}|{}",
                                       host,
                                       FirstLine("/proc/sys/kernel/random/boot_id"),
                                       ::getpid(),
                                       now,
                                       EnvironmentOr("SLURM_JOB_ID", "-"),
                                       EnvironmentOr("SLURM_RESTART_COUNT", "-"));
  return HashBytes(text).substr(0, 12);
}

}  // namespace

std::string ResultFile(const RunId& id) { return "result-" + id + ".json"; }
std::string WeightsFile(const RunId& id) { return "sae-" + id + ".safetensors"; }

std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;  // a folder may be cleaned away while we look
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<fs::path> AttemptFoldersIn(const fs::path& job_folder) {
  std::vector<fs::path> folders;
  const fs::path attempts = job_folder / kAttemptsFolder;
  for (const std::string& name : NamesIn(attempts)) folders.push_back(attempts / name);
  return folders;
}

std::string AttemptIdIn(const fs::path& attempt_folder) {
  const std::string name = attempt_folder.filename().string();
  return name.substr(0, name.find('-'));
}

AttemptFolder::AttemptFolder(const fs::path& job_folder, const std::string& attempt_id)
    : job_folder_(job_folder),
      attempt_id_(attempt_id),
      folder_(job_folder / kAttemptsFolder / (attempt_id + "-" + Nonce())) {
  std::error_code failure;
  fs::create_directories(folder_.parent_path(), failure);
  if (!failure && !fs::create_directory(folder_, failure) && !failure) {
    failure = std::make_error_code(std::errc::file_exists);
  }
  if (failure) {
    throw IoError(fmt::format("cannot make {}: {}", folder_.string(), failure.message()));
  }
}

bool AttemptFolder::IsCurrent() const {
  const std::string named = FirstLine(job_folder_ / kCurrentFile);
  return named.empty() || named == attempt_id_;
}

// Progress may be lost with the machine's power: the next attempt writes its own.
void AttemptFolder::WriteProgress(const Progress& progress) const {
  WriteFile(folder_ / kProgressFile, ToJson(progress));
}

void AttemptFolder::WriteMeasurement(const Measurement& measurement) const {
  WriteFile(folder_ / kMeasurementFile, ToJson(measurement), Durability::kSynced);
}

void AttemptFolder::WriteResult(const RunResult& result) const {
  WriteFile(folder_ / ResultFile(result.id), ToJson(result), Durability::kSynced);
}

void AttemptFolder::WriteFailure(const JobFailure& failure) const {
  WriteFile(folder_ / kFailureFile, ToJson(failure), Durability::kSynced);
}

}  // namespace saelaw
