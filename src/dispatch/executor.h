// The seam between a job's folder and whatever runs a trainer on it: this machine's processes
// (dispatch/local_processes.h), a queue of a cluster, or a test. What an attempt leaves behind is
// read from its folder (dispatch/folder_runner.h), so an executor only starts, watches and ends.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace saelaw {

// What is to be run: <trainer> <job file> --attempt <attempt id>, all output to `log`.
struct Launch {
  std::string job_id;
  std::string attempt_id;
  std::filesystem::path job_file;  // absolute, in a folder that was made ready
  std::filesystem::path log;       // in the same folder; may be there already
};

// Errors are those of the place itself (no trainer executable, no cluster), thrown as Error.
class Executor {
 public:
  virtual ~Executor() = default;

  // How many attempts may be started at once; at least 1. Those that wait in a queue count.
  virtual int Capacity() const = 0;
  // How often it is worth asking how the attempts are.
  virtual std::chrono::milliseconds LookEvery() const = 0;

  // No attempt of the job is running.
  virtual void Start(const Launch& launch) = 0;
  // Whether the job's attempt is known to run, and does not wait in a queue. Where only its folder
  // can tell: false.
  virtual bool IsKnownToRun(const std::string& job_id) const = 0;
  // How the job's attempt has ended: its exit code, or -signal; nothing while it has not. Given
  // out once; what it wrote is all there then.
  virtual std::optional<int> TakeEnd(const std::string& job_id) = 0;
  // Asks the job's attempt to end; with `force`, ends it. Nothing when the job has none.
  virtual void Stop(const std::string& job_id, bool force) = 0;
};

}  // namespace saelaw
