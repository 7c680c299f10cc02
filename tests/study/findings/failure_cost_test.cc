#include "study/findings/failure_cost.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// A run of 1,000 tokens that collapsed, with a held-out curve of these losses.
KnownRun Collapsed(const std::vector<double>& losses) {
  KnownRun run;
  run.outcome = Outcome::kCollapsed;
  run.spec.tokens = run.result.tokens = 1000;
  const auto points = static_cast<std::int64_t>(losses.size());
  for (std::int64_t i = 0; i < points; ++i) {
    Evaluation point;
    point.tokens = 1000 * (i + 1) / points;
    point.loss = losses[static_cast<std::size_t>(i)];
    run.result.curve.push_back(point);
  }
  return run;
}

double SeenAt(const KnownRun& run) { return MeasureFailureCost({&run}).seen_at; }

TEST(FailureCost, IsAssumedWhereNoRunTells) {
  const KnownRun without_curve = Collapsed({});
  const FailureCost cost = MeasureFailureCost({&without_curve});
  EXPECT_EQ(cost.seen_at, kFailureSeenAt);
  EXPECT_EQ(cost.runs, 0);
}

TEST(FailureCost, BeginsWhereTheCurveStaysBad) {
  EXPECT_DOUBLE_EQ(SeenAt(Collapsed({0.5, 0.8, 0.9, 1})), 0.5);
  // A spike from which the run comes back is no failure yet.
  EXPECT_DOUBLE_EQ(SeenAt(Collapsed({0.5, 0.8, 0.45, 1})), 1);
  // Nothing on the curve shows it.
  EXPECT_DOUBLE_EQ(SeenAt(Collapsed({0.5, 0.4, 0.3, 0.2})), 1);
}

TEST(FailureCost, KnowsDeadLatentsAndRunsThatWereGivenUp) {
  KnownRun dead = Collapsed({0.5, 0.5, 0.5, 0.5});
  for (Evaluation& point : dead.result.curve) point.dead_fraction = 0.9;
  EXPECT_DOUBLE_EQ(SeenAt(dead), 0.25);
  KnownRun given_up = Collapsed({});
  given_up.outcome = Outcome::kDiverged;
  given_up.result.end = RunEnd::kNonFinite;
  given_up.result.tokens = 20;
  EXPECT_DOUBLE_EQ(SeenAt(given_up), 0.02);
  const FailureCost both = MeasureFailureCost({&dead, &given_up});
  EXPECT_DOUBLE_EQ(both.seen_at, 0.135);
  EXPECT_EQ(both.runs, 2);
}

}  // namespace
}  // namespace saelaw
