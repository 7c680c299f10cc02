// A failure is seen at the first point from which on the curve never recovers: one bad point in the
// middle is a spike, of which a run may come back.
#include "study/findings/failure_cost.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace saelaw {
namespace {

// Whether a point of a curve, of which `lowest` is the least loss so far, is that of a failed run.
bool LooksFailed(const Evaluation& point, double lowest) {
  const JudgeRule rule;
  return !std::isfinite(point.loss) || point.dead_fraction > rule.largest_dead_fraction ||
         point.loss > rule.largest_loss_over_minimum * lowest;
}

// The tokens at the first point from which on every point looks failed; the run's own where even
// the last does not, as with a run that is judged by what its curve does not show.
double SeenAt(const RunResult& result) {
  double lowest = std::numeric_limits<double>::infinity();
  std::int64_t seen = result.tokens;
  bool failed = false;
  for (const Evaluation& point : result.curve) {
    const bool looks_failed = LooksFailed(point, lowest);
    if (looks_failed && !failed) seen = point.tokens;
    if (!looks_failed) seen = result.tokens;
    failed = looks_failed;
    lowest = std::min(lowest, point.loss);
  }
  return static_cast<double>(seen);
}

// The share of its tokens; nothing where the run does not tell.
std::optional<double> ShareSeen(const KnownRun& run) {
  const bool failed = run.outcome == Outcome::kDiverged || run.outcome == Outcome::kCollapsed;
  const auto asked = static_cast<double>(run.spec.tokens);
  if (!failed || !(asked > 0)) return std::nullopt;
  const bool given_up = run.result.end == RunEnd::kNonFinite && run.result.tokens > 0;
  if (!given_up && run.result.curve.empty()) return std::nullopt;
  const double seen = given_up ? static_cast<double>(run.result.tokens) : SeenAt(run.result);
  return std::min(1.0, seen / asked);
}

}  // namespace

FailureCost MeasureFailureCost(const std::vector<const KnownRun*>& runs) {
  FailureCost cost;
  double sum = 0;
  for (const KnownRun* run : runs) {
    const std::optional<double> share = ShareSeen(*run);
    if (!share) continue;
    sum += *share;
    ++cost.runs;
  }
  if (cost.runs > 0) cost.seen_at = sum / cost.runs;
  return cost;
}

}  // namespace saelaw
