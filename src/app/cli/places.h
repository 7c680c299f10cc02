// Where saelaw keeps what is not in the database, and what this machine offers.
#pragma once

#include <filesystem>

#include "sweep/sweep.h"

namespace saelaw {

// Beside the database: results.db → results.runs/jobs.
std::filesystem::path JobsFolder(const std::filesystem::path& database);
// Tokenised corpora and content hashes: $SAELAW_CACHE, else $XDG_CACHE_HOME/saelaw, else
// ~/.cache/saelaw, in a folder `corpora` that is made when missing.
std::filesystem::path CacheFolder();
// saelaw-trainer beside this executable, or $SAELAW_TRAINER. Throws ConfigurationError.
std::filesystem::path TrainerPath();
// Threads that a worker gets when the sweep names none.
void ResolveThreads(Execution* execution);
// What gangs on this device may use: 70 % of the machine's memory on the CPU; unlimited on a GPU,
// where a gang that does not fit is split when the device says so.
double GangBytes(const Execution& execution);

}  // namespace saelaw
