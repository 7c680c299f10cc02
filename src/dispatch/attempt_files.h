// Reads what the attempts of one job leave in its folder (jobs/job.h says what lies where).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/runner.h"
#include "jobs/job.h"

namespace saelaw {

// Follows the files of one attempt token. A file that cannot be read is looked at again next time;
// its error is kept for the user.
class AttemptReader {
 public:
  AttemptReader(std::filesystem::path job_folder, const Job& job, std::string token);

  // What is new since the last call: progress, results of the job's own runs, the measurement.
  std::vector<JobEvent> Read();
  // The message of the attempt's error.json, else of a file that could not be read; empty: none.
  std::string Message() const;
  const std::string& token() const { return token_; }

 private:
  void ReadFolder(const std::filesystem::path& folder, std::vector<JobEvent>& events);
  void ReadProgress(const std::filesystem::path& file, std::vector<JobEvent>& events);
  JobEvent Event(decltype(JobEvent::what) what) const { return {job_id_, token_, std::move(what)}; }

  std::filesystem::path job_folder_;
  std::string job_id_, token_;
  std::map<std::string, RunId> results_;  // file name → run
  std::set<std::filesystem::path> seen_;  // results and measurements that were given out
  std::map<std::filesystem::path, std::string> progress_;  // file → the text given out last
  std::string problem_;
};

// What every attempt of the job has finished. A folder's token is its name up to the first '-'.
std::vector<JobEvent> ReadAllAttempts(const std::filesystem::path& job_folder, const Job& job);

// Whether an attempt has left a checkpoint or a result that later ones must agree with.
bool HasLeftSomething(const std::filesystem::path& job_folder);
bool HasCheckpoint(const std::filesystem::path& job_folder);

// Who removes checkpoints (jobs/job.h). A file that cannot be removed does no harm and is left.
// Once the attempt `token` has written kCheckpointsKept of its own: those of all others.
void RemoveEarlierCheckpoints(const std::filesystem::path& job_folder, const std::string& token);
// While no attempt of the job runs: all but the `count` furthest on, and what killed attempts had
// begun to write.
void KeepNewestOfAllAttempts(const std::filesystem::path& job_folder, std::size_t count);

}  // namespace saelaw
