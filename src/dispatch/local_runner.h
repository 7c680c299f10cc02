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

using Environment = std::vector<std::pair<std::string, std::string>>;

struct LocalRunnerOptions {
  std::filesystem::path jobs_folder;  // made when it is missing
  std::filesystem::path trainer;      // the executable
  // One for each trainer that may run at once, at least one: what is added to this process's
  // environment for it, or stands in place of what is there.
  std::vector<Environment> places = {{}};
  // What running trainers are left to write a checkpoint when the runner is destroyed.
  std::chrono::milliseconds farewell = std::chrono::minutes(1);
};

// Start writes <jobs>/<id>/job.json (once an attempt has left something, its text never changes,
// so that every attempt gives the same bits) and <jobs>/<id>/current, and runs
//   <trainer> <jobs>/<id>/job.json --token TOKEN
// with output to <jobs>/<id>/stderr-TOKEN.log and SAELAW_DIE_WITH_PARENT=1. Of earlier attempts'
// checkpoints Start leaves the last two, and those go when this attempt has two of its own. Wait
// looks every 50 ms.
class LocalRunner : public Runner {
 public:
  // Throws ConfigurationError when the trainer cannot be executed.
  explicit LocalRunner(LocalRunnerOptions options);
  ~LocalRunner() override;  // asks what still runs to end, then ends it
  LocalRunner(const LocalRunner&) = delete;
  LocalRunner& operator=(const LocalRunner&) = delete;

  int Capacity() const override { return static_cast<int>(options_.places.size()); }
  std::vector<JobEvent> Collect(const Job& job) override;
  void Start(const Job& job, const std::string& token) override;
  std::vector<JobEvent> Wait(std::chrono::milliseconds at_most) override;
  void Stop(const std::string& job_id, bool force) override;
  void RemoveCheckpoints(const std::string& job_id) override;

 private:
  struct Trainer {
    int pid = 0;
    std::size_t place = 0;
    AttemptReader reader;
    std::filesystem::path log;
  };

  std::filesystem::path FolderOf(const std::string& job_id) const;
  std::size_t FreePlace() const;
  std::vector<JobEvent> Look();
  static JobEvent Ended(const std::string& job_id, const Trainer& trainer, int status);

  LocalRunnerOptions options_;
  std::map<std::string, Trainer> trainers_;  // by job id
};

}  // namespace saelaw
