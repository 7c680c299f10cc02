// Shared by the .cc files of jobs/ that read and write JSON; not for other rooms.
#pragma once

#include "core/json.h"
#include "jobs/tuning.h"

namespace saelaw::json {

Json TuningToJson(const StepTuning& tuning);
StepTuning TuningFromJson(const Json& json);

}  // namespace saelaw::json
