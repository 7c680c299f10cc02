// What this machine offers to the jobs of a sweep: a trainer, its devices, threads and memory.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "dispatch/local_processes.h"
#include "jobs/job.h"
#include "study/price/measuring.h"
#include "sweep/sweep.h"

namespace saelaw {

// saelaw-trainer beside this executable, or $SAELAW_TRAINER. Throws ConfigurationError.
std::filesystem::path TrainerPath();
// Threads that a trainer gets when the sweep names none.
void ResolveThreads(Execution* execution);
// What each of the trainers at a time gets in its environment: of several GPUs, its own alone.
std::vector<Environment> ListPlaces(const Execution& execution);
// What a gang may use here: GangRoom with this machine's memory.
double GangBytes(const Execution& execution,
                 const Measurement& measured,
                 const std::optional<ModelShape>& model,
                 const std::vector<Job>& refused);
Place FindPlace(const Execution& execution);

}  // namespace saelaw
