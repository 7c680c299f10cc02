// Runs trainers as processes of this machine, each in a process group of its own.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/executor.h"

namespace saelaw {

using Environment = std::vector<std::pair<std::string, std::string>>;

struct LocalProcessesOptions {
  std::filesystem::path trainer;  // the executable
  // One for each trainer that may run at once, at least one: what is added to this process's
  // environment for it, or stands in place of what is there.
  std::vector<Environment> places = {{}};
  // What running trainers are left to write a checkpoint when this is destroyed.
  std::chrono::milliseconds farewell = std::chrono::minutes(1);
};

// Trainers get SAELAW_DIE_WITH_PARENT=1: none outlives a planner that is killed.
class LocalProcesses : public Executor {
 public:
  // Throws ConfigurationError when the trainer cannot be executed.
  explicit LocalProcesses(LocalProcessesOptions options);
  ~LocalProcesses() override;  // asks what still runs to end, then ends it
  LocalProcesses(const LocalProcesses&) = delete;
  LocalProcesses& operator=(const LocalProcesses&) = delete;

  int Capacity() const override { return static_cast<int>(options_.places.size()); }
  std::chrono::milliseconds LookEvery() const override { return std::chrono::milliseconds(50); }
  void Start(const Launch& launch) override;
  bool IsKnownToRun(const std::string& job_id) const override { return trainers_.contains(job_id); }
  std::optional<int> TakeEnd(const std::string& job_id) override;
  void Stop(const std::string& job_id, bool force) override;

 private:
  struct Trainer {
    int pid = 0;  // of the process, and of its group
    std::size_t place = 0;
  };

  std::size_t FreePlace() const;

  LocalProcessesOptions options_;
  std::map<std::string, Trainer> trainers_;  // by job id
};

}  // namespace saelaw
