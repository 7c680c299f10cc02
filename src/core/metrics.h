// Every number that is measured of a run, in one table: its name, what it means, where it is held,
// how it is stored and where it is shown. The JSON of results, the view of results.db, reports and
// tables, and the laws of loss read it; a new metric is a member of RunMeasures (or of what it
// holds), an entry here, and the code that measures it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/run_result.h"

namespace saelaw {

// Where a number stands in RunMeasures. std::monostate: nowhere, it is not taken.
using MetricMember = std::variant<std::monostate,
                                  double Evaluation::*,  // of `final`, and of a curve's points
                                  double EvaluationErrors::*,  // of final.se
                                  double SpliceLosses::*,      // of `splice`
                                  double RunMeasures::*>;

// What shows together.
enum class MetricGroup {
  kHeldOut,   // of every evaluation; stored in the JSON's `final` and in its curve
  kLatents,   // of the latents, by how often they fire
  kTraining,  // while it trained
  kSplice,    // of the language model with the SAE in its place
  kWeights,   // of the trained weights alone
};

// Where a metric is shown besides its heading's column in the page, as bits.
enum : unsigned {
  kInJson = 1,      // of reports, with its error where it has one
  kInCsv = 2,       // runs.csv
  kErrorInCsv = 4,  // runs.csv
  kWhereKnown = 8,  // only where it was measured: a metric that earlier versions did not have
};

struct Metric {
  std::string_view name;     // in JSON, CSV and SQL; its error's ends in _se. Stored: do not change
  std::string_view meaning;  // with its unit
  MetricGroup group = MetricGroup::kHeldOut;
  MetricMember value;
  MetricMember error = {};  // its standard error, by held-out document (core/held_out.h)
  // Its values with each group of held-out documents left out; null: not to be told from a record.
  std::vector<double> (*replicates)(const HeldOutRecord&) = nullptr;
  // Since version 0.1.0: a result without it is damaged, and results.db has a column for it. Others
  // are NaN in results that have none.
  bool since_first = false;
  unsigned shown = 0;
  std::string_view heading = {};  // of its column in tables for people; empty: it has none
  int digits = 4;                 // shown there
};

// In the order in which they are shown.
std::span<const Metric> AllMetrics();
// Those that laws are fitted to.
extern const Metric kLossMetric, kMseMetric, kFvuMetric, kL0Metric;

// NaN where it is not known, or not taken.
double MetricValue(const Metric& metric, const RunMeasures& run);
double MetricError(const Metric& metric, const RunMeasures& run);
void SetMetric(const Metric& metric, double value, RunMeasures& run);
void SetMetricError(const Metric& metric,
                    double error,
                    RunMeasures& run);  // nothing where it has none
bool HasError(const Metric& metric);
// Of kHeldOut alone.
double& ValueIn(const Metric& metric, Evaluation& evaluation);
double ValueIn(const Metric& metric, const Evaluation& evaluation);

std::string ErrorName(const Metric& metric);

}  // namespace saelaw
