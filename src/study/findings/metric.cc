// A run's place in the list is the row of its point, by which a law's answers find the run again.
#include "study/findings/metric.h"

#include <cmath>

#include "core/trunk.h"
#include "fit/fit.h"

namespace saelaw {
namespace {

Failure FindFailure(Outcome outcome) {
  if (outcome == Outcome::kDiverged) return Failure::kDiverged;
  return outcome == Outcome::kCollapsed ? Failure::kCollapsed : Failure::kUnknown;
}

}  // namespace

Point MakePoint(const KnownRun& run, const Metric& metric, std::int64_t row) {
  Point point;
  point.tokens = static_cast<double>(run.spec.tokens);
  point.params = static_cast<double>(run.spec.sae.d_sae);
  point.lr = run.spec.training.lr;
  point.batch = static_cast<double>(run.spec.training.batch_tokens);
  point.loss = MetricValue(metric, run.result);
  for (const double replicate : metric.replicates(run.result.held_out)) {
    point.held_out_shifts.push_back(std::log(replicate / point.loss));
  }
  point.seed = static_cast<std::int64_t>(run.spec.seed);
  point.stream = static_cast<std::int64_t>(run.spec.stream_seed);
  point.origin = OriginNumber(TrunkKey(run.spec));
  point.failure = FindFailure(run.outcome);
  point.row = row;
  return point;
}

std::vector<Point> Points(const std::vector<const KnownRun*>& runs, const Metric& metric) {
  std::vector<Point> points;
  for (const KnownRun* run : runs) {
    points.push_back(MakePoint(*run, metric, static_cast<std::int64_t>(points.size())));
  }
  return points;
}

MetricLaw FitMetric(const LawInfo& law,
                    const std::vector<const KnownRun*>& runs,
                    const Metric& metric) {
  const std::vector<Point> points = Points(runs, metric);
  MetricLaw found{FitLaw(law, points, {}), {}};
  AddHeldOutError(points, {}, found.fit);
  found.rolled = AddDiscrepancy(points, FitOptions{}, found.fit);
  return found;
}

}  // namespace saelaw
