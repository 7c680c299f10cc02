#include "study/arms/arm_at_size.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

StudyRun RunAt(std::int64_t tokens, double lr, std::uint64_t seed, double loss) {
  StudyRun run;
  run.tokens = tokens;
  run.d_sae = 64;
  run.lr = lr;
  run.seed = seed;
  run.final.loss = loss;
  run.final.fvu = loss / 2;
  run.final.l0 = 10;
  return run;
}

StudyRun FailedAt(std::int64_t tokens, double lr) {
  StudyRun run = RunAt(tokens, lr, 0, 0.1);
  run.outcome = Outcome::kCollapsed;
  return run;
}

TEST(DescribeSizes, TakesTheBestRateAtWhichNoRunFailed) {
  std::vector<StudyRun> runs = {
      RunAt(100, 1e-3, 0, 0.5), RunAt(100, 2e-3, 0, 0.4), RunAt(100, 2e-3, 1, 0.44)};
  runs.push_back(RunAt(100, 4e-3, 1, 0.3));
  runs.push_back(FailedAt(100, 4e-3));
  const auto sizes = DescribeSizes(runs, 64);
  ASSERT_EQ(sizes.size(), 1u);
  EXPECT_EQ(sizes[0].lr, 2e-3);
  EXPECT_DOUBLE_EQ(sizes[0].fvu, 0.21);
  EXPECT_DOUBLE_EQ(sizes[0].log_fvu.at(1), std::log(0.22));
  EXPECT_EQ(sizes[0].runs, 5);
  EXPECT_EQ(sizes[0].failed, 1);
  EXPECT_EQ(sizes[0].first_failure, 4e-3);
}

TEST(DescribeSizes, FindsTheBasinBetweenTheRates) {
  // ln loss rises by 0.04 a factor of 2: the basin of ln 1.02 ends at 0.495 of a step.
  std::vector<StudyRun> runs;
  for (const int step : {-1, 0, 1}) {
    runs.push_back(RunAt(100, std::exp2(step), 0, std::exp(0.04 * std::abs(step))));
  }
  const Basin basin = DescribeSizes(runs, 64)[0].basin;
  const double share = std::log(1.02) / 0.04;
  EXPECT_NEAR(basin.hi, std::exp2(share), 1e-12);
  EXPECT_NEAR(basin.lo, std::exp2(-share), 1e-12);
  EXPECT_FALSE(basin.open_below || basin.open_above);
}

TEST(DescribeSizes, EndsABasinAtACliffAndLeavesItOpenAtTheGridsEnd) {
  const std::vector<StudyRun> runs = {
      RunAt(100, 1, 0, 1.01), RunAt(100, 2, 0, 1), RunAt(100, 4, 0, 1.015), FailedAt(100, 8)};
  const Basin basin = DescribeSizes(runs, 64)[0].basin;
  EXPECT_EQ(basin.lo, 1);
  EXPECT_TRUE(basin.open_below);
  EXPECT_EQ(basin.hi, 4);
  EXPECT_FALSE(basin.open_above);
}

TEST(DescribeSizes, KeepsApartWhatIsOfAnotherWidth) {
  EXPECT_TRUE(DescribeSizes({RunAt(100, 1, 0, 1)}, 128).empty());
}

TEST(DescribeSizes, KnowsNoBestRateWhereEveryRunFailed) {
  const auto sizes = DescribeSizes({FailedAt(100, 1), FailedAt(100, 2)}, 64);
  EXPECT_TRUE(std::isnan(sizes[0].lr));
  EXPECT_TRUE(std::isnan(sizes[0].fvu));
  EXPECT_FALSE(sizes[0].basin.known());
}

}  // namespace
}  // namespace saelaw
