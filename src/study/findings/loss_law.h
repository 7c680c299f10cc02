// Laws of loss from finished runs: against data, and against size too where three sizes or more
// were trained; with two, the law of one of them.
#pragma once

#include <string>
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

// A law of loss, and the completed runs that are its points.
struct LossLaw {
  LawFit law;
  std::int64_t d_sae = 0;  // the one size that it holds at; 0: a law of size and data
  std::vector<const KnownRun*> points;
  std::string warning;  // where several sizes made no law of size
};

// Without a law of size, the law is that of `base`, where it was trained, else of the largest size.
// Runs that did not complete are no points. Never throws for data.
LossLaw FitLossLaw(const std::vector<const KnownRun*>& runs, std::int64_t base);

}  // namespace saelaw
