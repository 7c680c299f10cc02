// What a run that fails costs: how far it had come when its failure could be seen.
#pragma once

#include <vector>

#include "study/design/knowledge.h"

namespace saelaw {

// The share of a run that is assumed where no failed run says better: on the activations of
// SmolLM2-135M most collapses were over within 1 to 5 % of the run.
inline constexpr double kFailureSeenAt = 0.05;

struct FailureCost {
  // The share of its tokens after which a failure is seen, mean over the failed runs: so much is
  // spent for nothing before the run is started again at a lower rate. At most 1.
  double seen_at = kFailureSeenAt;
  int runs = 0;  // that it is measured of; 0: none has a curve, and it is assumed
};

// Of the runs that diverged or collapsed. One that was given up before its end (train/divergence.h)
// was seen there; another at the first point of its held-out curve from which on it is as a
// collapsed run is judged (fit/points/outcome.h): dead, or far above its lowest loss. Curves have a
// few points only, so that this is rather late than early. A failure that no point shows was seen
// at the end. Runs without a curve that trained to their end say nothing.
FailureCost MeasureFailureCost(const std::vector<const KnownRun*>& runs);

}  // namespace saelaw
