// Attempts by the protocol of the job's folder, whoever runs them.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dispatch/executor.h"
#include "dispatch/runner.h"
#include "jobs/attempt_reader.h"
#include "jobs/job_folder.h"

namespace saelaw {

// Makes <jobs>/<id> ready, lets the executor start a trainer on it, and reads what comes of it. Of
// earlier attempts' checkpoints the last two are left, and those go when this attempt has two of
// its own.
class FolderRunner : public Runner {
 public:
  // The folder of all jobs is made when it is missing.
  FolderRunner(const std::filesystem::path& jobs_folder, std::unique_ptr<Executor> executor);

  int Capacity() const override { return executor_->Capacity(); }
  std::vector<JobEvent> Collect(const Job& job) override;
  void Start(const Job& job, const std::string& attempt_id) override;
  std::vector<JobEvent> Wait(std::chrono::milliseconds at_most) override;
  void Stop(const std::string& job_id, bool force) override { executor_->Stop(job_id, force); }
  void RemoveCheckpoints(const std::string& job_id) override;

 private:
  struct Attempt {
    AttemptReader reader;
    std::filesystem::path log;
    bool begun = false;  // told already
  };

  JobFolder FindFolder(const std::string& job_id) const { return JobFolder(jobs_folder_ / job_id); }
  std::vector<JobEvent> Look();
  void ReadNews(const std::string& job_id, Attempt& attempt, std::vector<JobEvent>& events) const;

  std::filesystem::path jobs_folder_;
  std::unique_ptr<Executor> executor_;
  std::map<std::string, Attempt> attempts_;  // that run, by job id
};

}  // namespace saelaw
