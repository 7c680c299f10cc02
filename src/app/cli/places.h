// Where saelaw keeps what is not in the database, and what this machine offers.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "dispatch/local_runner.h"
#include "jobs/job.h"
#include "study/price/measuring.h"
#include "sweep/sweep.h"

namespace saelaw {

// Beside the database: results.db → results.runs/jobs, and the same of .sqlite and .sqlite3. Any
// other ending is part of the name: night.1 → night.1.runs/jobs.
std::filesystem::path JobsFolder(const std::filesystem::path& database);
// Tokenised corpora and content hashes: $SAELAW_CACHE, else $XDG_CACHE_HOME/saelaw, else
// ~/.cache/saelaw, in a folder `corpora` that is made when missing. Empty where it cannot be made:
// then nothing is kept, which is said once.
std::filesystem::path CacheFolder();
// The same for the jobs of a source; empty for those that keep nothing: all but language models.
std::string CacheFolderOf(const SourceSpec& source);
// saelaw-trainer beside this executable, or $SAELAW_TRAINER. Throws ConfigurationError.
std::filesystem::path TrainerPath();
// Threads that a trainer gets when the sweep names none.
void ResolveThreads(Execution* execution);
// What each of the trainers at a time gets in its environment: of several GPUs, its own alone.
std::vector<Environment> PlacesOf(const Execution& execution);
// What a gang may use here: GangRoom with this machine's memory.
double GangBytes(const Execution& execution,
                 const Measurement& measured,
                 const std::optional<ModelShape>& model,
                 const std::vector<Job>& refused);
Place PlaceOf(const Execution& execution);

}  // namespace saelaw
