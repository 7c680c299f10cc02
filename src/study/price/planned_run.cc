// The sums of a plan are formed here alone, so that its text and its JSON cannot disagree.
#include "study/price/planned_run.h"

#include <algorithm>

namespace saelaw {

RunsTotal AddUp(const std::vector<PlannedRun>& runs) {
  RunsTotal total;
  for (const PlannedRun& run : runs) {
    total.seconds += run.predicted.seconds;
    total.flops += run.predicted.flops();
    total.device_bytes = std::max(total.device_bytes, run.predicted.device_bytes);
    total.tokens += run.spec.tokens;
  }
  return total;
}

}  // namespace saelaw
