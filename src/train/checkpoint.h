// What a gang can be continued from, bit for bit, after its process has ended anyhow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

#include "run/job.h"
#include "train/gang.h"

namespace saelaw {

// checkpoint-<tokens>.safetensors: every live member's tensors and moments (F32), those of a trunk
// that several share once, and as metadata the job's id, the counters and a checksum over all of
// it. Stored: do not change.
std::string CheckpointFile(std::int64_t tokens);

// Atomic and synced. Throws IoError.
void WriteCheckpoint(const std::filesystem::path& path, const Job& job, const GangState& state);

// Throws IoError when the file is damaged, and ConfigurationError when it is of another job.
GangState ReadCheckpoint(const std::filesystem::path& path, const Job& job, at::Device device);

// The checkpoint furthest on among all attempts in `job_folder`; nothing when there is none.
// Damaged ones are passed over with one line to `note`. Throws ConfigurationError as above.
std::optional<GangState> NewestCheckpoint(const std::filesystem::path& job_folder,
                                          const Job& job,
                                          at::Device device,
                                          const std::function<void(const std::string&)>& note);

// Removes all but the `count` checkpoints furthest on in an attempt's own folder.
void KeepNewestCheckpoints(const std::filesystem::path& attempt_folder, std::size_t count);

}  // namespace saelaw
