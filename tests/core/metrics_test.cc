#include "core/metrics.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// A result in which every number of the table has a value of its own.
RunResult Filled() {
  RunResult result;
  double next = 1;
  for (const Metric& metric : AllMetrics()) {
    SetMetric(metric, next++, result);
    SetMetricError(metric, next++, result);
  }
  return result;
}

TEST(Metrics, AreNamedOnceAndExplained) {
  std::set<std::string_view> names;
  for (const Metric& metric : AllMetrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_FALSE(metric.meaning.empty()) << metric.name;
    EXPECT_FALSE(std::holds_alternative<std::monostate>(metric.value)) << metric.name;
  }
}

// Two entries that lead to one member would overwrite one another.
TEST(Metrics, EachHasAPlaceOfItsOwn) {
  const RunResult result = Filled();
  double next = 1;
  for (const Metric& metric : AllMetrics()) {
    EXPECT_EQ(MetricValue(metric, result), next++) << metric.name;
    const double error = next++;
    if (HasError(metric)) {
      EXPECT_EQ(MetricError(metric, result), error) << metric.name;
    } else {
      EXPECT_TRUE(std::isnan(MetricError(metric, result))) << metric.name;
    }
  }
}

TEST(Metrics, AreKeptByTheJson) {
  const RunResult result = Filled();
  const RunResult read = RunResultFromJson(ToJson(result));
  for (const Metric& metric : AllMetrics()) {
    EXPECT_EQ(MetricValue(metric, read), MetricValue(metric, result)) << metric.name;
    if (HasError(metric)) {
      EXPECT_EQ(MetricError(metric, read), MetricError(metric, result)) << metric.name;
    }
  }
}

TEST(Metrics, OfACurvesPointAreThoseOfTheResult) {
  RunResult result = Filled();
  for (const Metric& metric : AllMetrics()) {
    if (metric.group != MetricGroup::kHeldOut) continue;
    EXPECT_EQ(ValueIn(metric, result.final), MetricValue(metric, result)) << metric.name;
  }
}

}  // namespace
}  // namespace saelaw
