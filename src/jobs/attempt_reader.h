// What the attempts of a job leave in its folder, read by whoever started them.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/run_result.h"
#include "jobs/job.h"

namespace saelaw {

// The attempt's process is at work: its first sign of life.
struct AttemptBegun {};

struct FinishedRun {
  RunResult result;
  std::filesystem::path weights;  // empty: none were written
};

using AttemptNews = std::variant<AttemptBegun, Progress, FinishedRun, Measurement>;

// Follows the files of one attempt. A file that cannot be read is looked at again next time; its
// error is kept for the user.
class AttemptReader {
 public:
  AttemptReader(std::filesystem::path job_folder, const Job& job, std::string attempt_id);

  // What is new since the last call: that the folder is there, progress, results of the job's own
  // runs, the measurement.
  std::vector<AttemptNews> Read();
  // The message of the attempt's error.json, else of a file that could not be read; empty: none.
  std::string Message() const;
  const std::string& attempt_id() const { return attempt_id_; }

 private:
  // More than one where a process was started twice.
  std::vector<std::filesystem::path> Folders() const;
  void ReadFolder(const std::filesystem::path& folder, std::vector<AttemptNews>& news);
  void ReadProgress(const std::filesystem::path& file, std::vector<AttemptNews>& news);

  std::filesystem::path job_folder_;
  std::string attempt_id_;
  bool begun_ = false;
  std::map<std::string, RunId> results_;  // file name → run
  std::set<std::filesystem::path> seen_;  // results and measurements that were given out
  std::map<std::filesystem::path, std::string> progress_;  // file → the text given out last
  std::string problem_;
};

}  // namespace saelaw
