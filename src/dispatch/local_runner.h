// Runs trainers as processes of this machine, each in a process group of its own.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/attempt_files.h"
#include "dispatch/runner.h"

namespace saelaw {

struct LocalRunnerOptions {
  std::filesystem::path jobs_folder;  // made when it is missing
  std::filesystem::path trainer;      // the executable
  int workers = 1;
  // Added to this process's environment, or in place of what is there.
  std::vector<std::pair<std::string, std::string>> environment;
  // What running trainers are left to write a checkpoint when the runner is destroyed.
  std::chrono::milliseconds farewell = std::chrono::seconds(10);
};

// Start writes <jobs>/<id>/job.json (once an attempt has left something, its text never changes,
// so that every attempt gives the same bits) and <jobs>/<id>/current, and runs
//   <trainer> <jobs>/<id>/job.json --token TOKEN
// with output to <jobs>/<id>/stderr-TOKEN.log and SAELAW_DIE_WITH_PARENT=1. Wait looks every 50 ms.
class LocalRunner : public Runner {
 public:
  // Throws ConfigurationError when the trainer cannot be executed.
  explicit LocalRunner(LocalRunnerOptions options);
  ~LocalRunner() override;  // asks what still runs to end, then ends it
  LocalRunner(const LocalRunner&) = delete;
  LocalRunner& operator=(const LocalRunner&) = delete;

  int Capacity() const override { return options_.workers; }
  std::vector<JobEvent> Collect(const Job& job) override;
  void Start(const Job& job, const std::string& token) override;
  std::vector<JobEvent> Wait(std::chrono::milliseconds at_most) override;
  void Stop(const std::string& job_id, bool force) override;

 private:
  struct Trainer {
    int pid = 0;
    AttemptReader reader;
    std::filesystem::path log;
  };

  std::filesystem::path FolderOf(const std::string& job_id) const;
  std::vector<JobEvent> Look();
  static JobEvent Ended(const std::string& job_id, const Trainer& trainer, int status);

  LocalRunnerOptions options_;
  std::map<std::string, Trainer> trainers_;  // by job id
};

}  // namespace saelaw
