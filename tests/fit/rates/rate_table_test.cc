#include "fit/rates/rate_table.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

Point Trial(double lr, double loss, std::int64_t seed = 0) {
  Point point;
  point.tokens = 1e6;
  point.lr = lr;
  point.loss = loss;
  point.seed = point.stream = seed;
  return point;
}

TEST(MakeRateTable, FindsSizesRatesAndTheBest) {
  std::vector<Point> points = {
      Trial(2e-3, 0.5), Trial(1e-3, 0.6), Trial(1e-3 * (1 + 1e-12), 0.61, 1)};
  points.push_back(Trial(1e-3, 0.7));
  points.back().tokens = 2e6;
  const RateTable table = MakeRateTable(points, {});
  ASSERT_EQ(table.sizes.size(), 2U);
  ASSERT_EQ(table.sizes[0].rates.size(), 2U);
  EXPECT_EQ(table.sizes[0].rates[0].survived(), 2);
  EXPECT_EQ(table.sizes[0].Best()->lr, 2e-3);
  EXPECT_EQ(table.sizes[0].lowest_loss, 0.5);
  EXPECT_EQ(table.FindIndex(points.back()), 1U);
  EXPECT_FALSE(table.FindIndex(Point{}).has_value());
}

// One judgement for all: an outcome, or a loss of over three times the size's best.
TEST(MakeRateTable, JudgesFailuresInOneWay) {
  const RateTable table =
      MakeRateTable(std::vector{Trial(1e-3, 0.5), Trial(2e-3, 1.6), Trial(4e-3, std::nan(""))},
                    std::vector{Trial(8e-3, 0.4)},
                    std::vector{Trial(1e-2, 0.1)});
  const std::vector<TriedRate>& rates = table.sizes.at(0).rates;
  ASSERT_EQ(rates.size(), 5U);
  EXPECT_TRUE(rates[0].survives());
  for (const std::size_t failed : {1U, 2U, 3U}) EXPECT_TRUE(rates[failed].fails()) << failed;
  EXPECT_FALSE(rates[4].fails() || rates[4].survives());
  EXPECT_EQ(table.failures.size(), 3U);
  EXPECT_EQ(table.sizes[0].Best()->lr, 1e-3);
}

TEST(TriedRate, OneFailedSeedIsAFailure) {
  const RateTable table = MakeRateTable(std::vector{Trial(1e-3, 0.5, 0), Trial(1e-3, 0.5, 1)},
                                        std::vector{Trial(1e-3, 0, 2)});
  const TriedRate& rate = table.sizes.at(0).rates.at(0);
  EXPECT_FALSE(rate.survives());
  EXPECT_TRUE(rate.HasFirstSeeds(3));
  EXPECT_FALSE(rate.HasFirstSeeds(4));
  EXPECT_EQ(table.sizes[0].Best(), nullptr);
}

// A further seed whose stream is an easy one makes its rate none the better.
TEST(RatesAtSize, ComparesRatesByWhatTheirSeedsShare) {
  const RateTable table = MakeRateTable(
      std::vector{Trial(1e-3, 0.5), Trial(2e-3, 0.52), Trial(2e-3, 0.3, 1), Trial(4e-3, 0.6)}, {});
  const RatesAtSize& size = table.sizes.at(0);
  EXPECT_EQ(size.Best()->lr, 1e-3);
  const RatesAtSize first = size.WithFirstSeeds([](double lr) { return lr > 3e-3 ? 0 : 1; });
  ASSERT_EQ(first.rates.size(), 2U);
  EXPECT_NEAR(first.rates[1].log_loss, std::log(0.52), 1e-12);
  EXPECT_EQ(first.rates[1].survived(), 1);
}

}  // namespace
}  // namespace saelaw
