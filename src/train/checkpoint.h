// What a gang can be continued from, bit for bit, after its process has ended anyhow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

#include "jobs/job.h"
#include "train/gang.h"

namespace saelaw {

// checkpoint-<tokens>.safetensors: every trunk's tensors and moments (F32, trunk<i>.<name>);
// `state`, a JSON text as bytes (U8): batches, tuning, of each trunk its members and counters, of
// each member its books; and as metadata `format`, `job` (its id), `threads`, `device` and
// `activation_scale`. Sealed by a checksum over every byte of the file. Stored: do not change.
// Atomic and synced. Throws IoError.
void WriteCheckpoint(const std::filesystem::path& path, const Job& job, const GangState& state);

// Throws IoError when the file is damaged, which is found out before anything in it is believed,
// and ConfigurationError when it is not one that this job can go on from to the same bits: of
// another job, or written with another scale, number of threads or kind of device. How the steps
// were done (StepTuning) comes with it and is gone on with.
GangState ReadCheckpoint(const std::filesystem::path& path, const Job& job, at::Device device);

// Where the job goes on: at the checkpoint furthest on among its own attempts in `job_folder`, else
// at that of a job that it continues, whose folder lies beside, if it has all of this job's runs
// and agrees in everything above and in tuning; nothing when there is none. Damaged ones, and other
// jobs' that do not agree, are passed over with one line to `note`. Throws ConfigurationError when
// one in the job's own folder is not its own.
std::optional<GangState> NewestCheckpoint(const std::filesystem::path& job_folder,
                                          const Job& job,
                                          at::Device device,
                                          const std::function<void(const std::string&)>& note);

}  // namespace saelaw
