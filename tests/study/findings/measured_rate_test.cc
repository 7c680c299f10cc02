#include "study/findings/measured_rate.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

Point At(double tokens, double d_sae, double lr, double loss) {
  Point point;
  point.tokens = tokens;
  point.params = d_sae;
  point.lr = lr;
  point.loss = loss;
  return point;
}

// Two rates at three numbers of tokens; the higher is the better.
std::vector<Point> TwoRates() {
  std::vector<Point> points;
  for (const double tokens : {1e6, 4e6, 16e6}) {
    points.push_back(At(tokens, 128, 1e-4, 0.5));
    points.push_back(At(tokens, 128, 2e-4, 0.4));
  }
  return points;
}

TEST(BestMeasuredRate, IsTheBestBelowTheBound) {
  const RateTable table = MakeRateTable(TwoRates(), {});
  EXPECT_EQ(BestMeasuredRate(table, 128, 1), 2e-4);
  EXPECT_EQ(BestMeasuredRate(table, 128, 1.5e-4), 1e-4);
  EXPECT_EQ(BestMeasuredRate(table, 256, 1), 0);
}

TEST(BestMeasuredRate, NeverFailedAtAnySize) {
  const std::vector<Point> failed = {At(1e6, 256, 2e-4, std::nan(""))};
  EXPECT_EQ(BestMeasuredRate(MakeRateTable(TwoRates(), failed), 128, 1), 1e-4);
  // Out of memory is no failure.
  EXPECT_EQ(BestMeasuredRate(MakeRateTable(TwoRates(), {}, failed), 128, 1), 2e-4);
}

TEST(BestMeasuredRate, CarriesALawUpToTheLargestSize) {
  std::vector<Point> points = TwoRates();
  points.pop_back();  // the better one at the largest size
  EXPECT_EQ(BestMeasuredRate(MakeRateTable(points, {}), 128, 1), 1e-4);
}

}  // namespace
}  // namespace saelaw
