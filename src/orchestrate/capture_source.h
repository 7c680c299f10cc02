// A sweep's activations written to shards on disk, as `saelaw capture` does.
#pragma once

#include "core/errors.h"
#include "jobs/job.h"
#include "orchestrate/loop/workplace.h"
#include "sweep/sweep.h"

namespace saelaw {

// Sets the identity of the sweep's data. Throws Error for data that is missing, cannot be used, or
// does not suffice for `tokens`.
void IdentifyCaptureData(Sweep* sweep, std::int64_t tokens, Cache& cache);

// Captures what is missing in the folder; the sweep's data was identified. The code is CarryOut's.
ExitCode CaptureSource(Workplace& work, const Sweep& sweep, const CaptureSpec& capture);

}  // namespace saelaw
