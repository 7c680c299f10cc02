// One attempt at a job: its folder, and what it writes there (the protocol of jobs/job.h).
#pragma once

#include <filesystem>
#include <string>

#include "jobs/job.h"
#include "sae/model/parameters.h"

namespace saelaw {

class Attempt {
 public:
  // Makes <job_folder>/attempts/<token>-<nonce>/, which no other process has. Throws IoError.
  Attempt(const std::filesystem::path& job_folder, const std::string& token);

  const std::filesystem::path& folder() const { return folder_; }
  const std::filesystem::path& job_folder() const { return job_folder_; }

  // False once <job_folder>/current names another token: nothing more may be written then. A
  // missing file names nobody, so that a job can be run by hand.
  bool IsCurrent() const;

  void WriteProgress(const Progress& progress) const;           // atomic, not synced
  void WriteMeasurement(const Measurement& measurement) const;  // synced
  void WriteResult(const RunResult& result) const;              // synced
  void WriteFailure(const JobFailure& failure) const;           // synced

  // sae-<id>.safetensors: the architecture's tensors as it exports them, F32, for scaled
  // activations; metadata `run` (canonical JSON) and `activation_scale`. Returns the file's name.
  std::string WriteWeights(const RunSpec& spec,
                           const SaeParameters& parameters,
                           double activation_scale) const;

 private:
  std::filesystem::path job_folder_;
  std::string token_;
  std::filesystem::path folder_;
};

}  // namespace saelaw
