// Where a job's checkpoints lie, and how long each is kept. The trainer writes them
// (train/checkpoint.h says what is inside); whoever starts attempts removes those of earlier ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

// checkpoint-<tokens>.safetensors, tokens of the stream. Stored: do not change.
std::string CheckpointFile(std::int64_t tokens);
// The tokens in such a name; -1 for any other.
std::int64_t CheckpointTokens(std::string_view file_name);

// How many checkpoints are kept: the last two, so that a damaged one does not begin a job again.
inline constexpr std::size_t kCheckpointsKept = 2;

// Of all attempts of a job, furthest on first; none where there is no such folder (yet).
std::vector<std::filesystem::path> CheckpointsOfJob(const std::filesystem::path& job_folder);

// A file that cannot be removed does no harm, so these three throw nothing.

// All but the `count` furthest on in an attempt's own folder: for the attempt itself.
void KeepNewestOfAttempt(const std::filesystem::path& attempt_folder, std::size_t count);
// Those of all attempts but `attempt_id`, once that has written kCheckpointsKept of its own.
void RemoveEarlierCheckpoints(const std::filesystem::path& job_folder,
                              const std::string& attempt_id);
// While no attempt of the job runs: all but the `count` furthest on, and what killed attempts had
// begun to write.
void KeepNewestOfJob(const std::filesystem::path& job_folder, std::size_t count);

}  // namespace saelaw
