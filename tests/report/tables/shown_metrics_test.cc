#include "report/tables/shown_metrics.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// A metric that earlier versions did not measure, which has a heading.
const Metric& LaterMetric() {
  for (const Metric& metric : AllMetrics()) {
    if ((metric.shown & kWhereKnown) != 0 && !metric.heading.empty()) return metric;
  }
  ADD_FAILURE() << "there is none";
  return kLossMetric;
}

TEST(HasColumn, IsGivenToALaterMetricWhereOneRunKnowsIt) {
  const Metric& metric = LaterMetric();
  std::vector<StudyRun> runs(3);
  EXPECT_FALSE(HasColumn(metric, runs));
  EXPECT_FALSE(HasColumn(metric, {}));
  SetMetric(metric, 0.5, runs[1]);
  EXPECT_TRUE(HasColumn(metric, runs));
}

// Those of the first version are shown even where a run has none: its cell then says so.
TEST(HasColumn, IsAlwaysGivenToTheFirstMetrics) {
  StudyRun run;
  SetMetric(kLossMetric, std::numeric_limits<double>::quiet_NaN(), run);
  EXPECT_TRUE(HasColumn(kLossMetric, {run}));
}

TEST(MetricsWithHeading, AreThoseOfTheGroupsInTheOrderOfTheTable) {
  const std::vector<StudyRun> runs(1);
  const auto found = MetricsWithHeading(runs, {MetricGroup::kHeldOut});
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front(), &AllMetrics().front());
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  for (const Metric* metric : found) {
    EXPECT_EQ(metric->group, MetricGroup::kHeldOut);
    EXPECT_FALSE(metric->heading.empty());
  }
}

}  // namespace
}  // namespace saelaw
