// The folder of one attempt at a job: how its name is made and read, and what a trainer writes
// there. jobs/job_folder.h says what lies where.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/run_result.h"
#include "jobs/job.h"

namespace saelaw {

// File names inside a job's folder. Stored: do not change.
inline constexpr std::string_view kCurrentFile = "current";
inline constexpr std::string_view kAttemptsFolder = "attempts";
// And inside an attempt's.
inline constexpr std::string_view kProgressFile = "progress.json";
inline constexpr std::string_view kMeasurementFile = "measurement.json";
inline constexpr std::string_view kFailureFile = "error.json";
std::string ResultFile(const RunId& id);
std::string WeightsFile(const RunId& id);

// The entries' names in order; none where there is no such folder (yet).
std::vector<std::string> NamesIn(const std::filesystem::path& folder);
// Folders of all attempts of a job, in the order of their names.
std::vector<std::filesystem::path> AttemptFoldersIn(const std::filesystem::path& job_folder);
// An attempt's folder is called <attempt id>-<nonce>; an id has no '-'. Of any path of that name.
std::string AttemptIdIn(const std::filesystem::path& attempt_folder);

// The trainer's side: a folder that no other process has.
class AttemptFolder {
 public:
  // Makes <job_folder>/attempts/<attempt id>-<nonce>/. Two processes that are started for one
  // attempt, as Slurm may do, have two folders. Throws IoError.
  AttemptFolder(const std::filesystem::path& job_folder, const std::string& attempt_id);

  const std::filesystem::path& folder() const { return folder_; }
  const std::filesystem::path& job_folder() const { return job_folder_; }

  // False once <job_folder>/current names another attempt: nothing more may be written then. A
  // missing file names nobody, so that a job can be run by hand.
  bool IsCurrent() const;

  void WriteProgress(const Progress& progress) const;           // atomic, not synced
  void WriteMeasurement(const Measurement& measurement) const;  // synced
  void WriteResult(const RunResult& result) const;              // synced
  void WriteFailure(const JobFailure& failure) const;           // synced

 private:
  std::filesystem::path job_folder_;
  std::string attempt_id_;
  std::filesystem::path folder_;
};

}  // namespace saelaw
