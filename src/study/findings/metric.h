// What was measured of each run, as points that a law can be fitted to.
#pragma once

#include <string_view>
#include <vector>

#include "core/metrics.h"
#include "fit/fit.h"
#include "study/design/knowledge.h"

namespace saelaw {

// `row` is the run's place among the points, for messages.
Point MakePoint(const KnownRun& run, const Metric& metric, std::int64_t row);
std::vector<Point> Points(const std::vector<const KnownRun*>& runs, const Metric& metric);

// A law of a quantity, and how it foretold the larger scales from the smaller ones.
struct MetricLaw {
  LawFit fit;
  RolledLaw rolled;
};

// With the error of the held-out documents in its intervals where the runs know it
// (fit/held_out_error.h). Never throws for data.
MetricLaw FitMetric(const LawInfo& law,
                    const std::vector<const KnownRun*>& runs,
                    const Metric& metric);

}  // namespace saelaw
