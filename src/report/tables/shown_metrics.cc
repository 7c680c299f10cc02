// A metric that was added later is not known of older results. Its column is left out of a table of
// old results alone, where it would be empty from top to bottom.
#include "report/tables/shown_metrics.h"

#include <algorithm>
#include <cmath>

namespace saelaw {

bool HasColumn(const Metric& metric, const std::vector<StudyRun>& runs) {
  if ((metric.shown & kWhereKnown) == 0) return true;
  return std::any_of(runs.begin(), runs.end(), [&](const StudyRun& run) {
    return std::isfinite(MetricValue(metric, run));
  });
}

std::vector<const Metric*> MetricsWithHeading(const std::vector<StudyRun>& runs,
                                              std::initializer_list<MetricGroup> groups) {
  std::vector<const Metric*> found;
  for (const Metric& metric : AllMetrics()) {
    if (metric.heading.empty() || !HasColumn(metric, runs)) continue;
    if (std::find(groups.begin(), groups.end(), metric.group) == groups.end()) continue;
    found.push_back(&metric);
  }
  return found;
}

}  // namespace saelaw
