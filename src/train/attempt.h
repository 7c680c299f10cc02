// One attempt at a job, as the trainer makes it (jobs/job_folder.h is the protocol).
#pragma once

#include <string>

#include "jobs/attempt_folder.h"
#include "sae/model/parameters.h"

namespace saelaw {

// The folder, and the one kind of file in it whose content is tensors.
class Attempt : public AttemptFolder {
 public:
  using AttemptFolder::AttemptFolder;

  // sae-<id>.safetensors: the architecture's tensors as it exports them, F32, for scaled
  // activations; metadata `run` (canonical JSON) and `activation_scale`. Returns the file's name.
  std::string WriteWeights(const RunSpec& spec,
                           const SaeParameters& parameters,
                           double activation_scale) const;
};

}  // namespace saelaw
