// A job's folder, by which a planner and its trainers work together though any of them may be
// killed at any time. Whoever sees the folder can take part: the process that is started on it may
// run on another machine.
//
//   <jobs>/<job id>/job.json                         written once, before the first attempt
//   <jobs>/<job id>/current                          the id of the attempt that counts
//   <jobs>/<job id>/stderr-<attempt id>.log          what that attempt's process said
//   <jobs>/<job id>/attempts/<attempt id>-<nonce>/   made by the trainer with mkdir, its own
//       progress.json  result-<run id>.json  sae-<run id>.safetensors
//       measurement.json  checkpoint-<tokens>.safetensors  error.json
//
// Every file is complete or absent. An attempt reads earlier attempts' checkpoints and never writes
// there; before each checkpoint and result it reads `current`, and ends when another is named.
// Only whoever starts attempts removes checkpoints: those of earlier attempts once the current one
// has written two of its own, and all when the job is done (jobs/checkpoints.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/attempt_reader.h"
#include "jobs/job.h"

namespace saelaw {

inline constexpr std::string_view kJobFile = "job.json";  // stored: do not change

// What an earlier attempt left.
struct EarlierNews {
  std::string attempt_id;
  AttemptNews news;  // FinishedRun or Measurement
};

// The side of whoever starts attempts: one process at a time.
class JobFolder {
 public:
  explicit JobFolder(std::filesystem::path folder);

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path job_file() const { return folder_ / kJobFile; }
  std::filesystem::path NameLog(const std::string& attempt_id) const;

  // Makes the folder ready for an attempt to be started, while none runs: writes the job file (once
  // an attempt has left something, its text never changes, so that every attempt gives the same
  // bits), leaves of earlier attempts' checkpoints the last kCheckpointsKept, and names the attempt
  // as the one that counts. Throws IoError.
  void Prepare(const Job& job, const std::string& attempt_id) const;

  // What every attempt so far has finished. From this call on no attempt counts until the next is
  // prepared: one that still runs ends before it writes anything more. Throws IoError.
  std::vector<EarlierNews> Collect(const Job& job) const;

 private:
  // Whether an attempt has left a checkpoint or a result that later ones must agree with.
  bool HasLeftSomething() const;

  std::filesystem::path folder_;
};

}  // namespace saelaw
