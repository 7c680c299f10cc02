// What was measured of each run, as points that a law can be fitted to.
#pragma once

#include <string_view>
#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"

namespace saelaw {

// A quantity that was measured of each run, and its values with each group of held-out documents
// left out (core/held_out.h).
struct Metric {
  double (*value)(const Evaluation&) = nullptr;
  std::vector<double> (*replicates)(const HeldOutRecord&) = nullptr;
};
extern const Metric kLossMetric, kMseMetric, kFvuMetric, kL0Metric;

// `row` is the run's place among the points, for messages.
Point MakePoint(const KnownRun& run, const Metric& metric, std::int64_t row);
std::vector<Point> Points(const std::vector<const KnownRun*>& runs, const Metric& metric);

// The law of that name of a quantity, with the error of the held-out documents in its intervals
// where the runs know it (fit/held_out_error.h). Never throws for data.
LawFit FitMetric(std::string_view law,
                 const std::vector<const KnownRun*>& runs,
                 const Metric& metric);

}  // namespace saelaw
