// Percentiles of a few resamples must not promise more than those of many.
#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

double WidthOf(const std::vector<Point>& points, int resamples, std::uint64_t seed) {
  FitOptions options = TableOptions(Estimator::kLeastSquaresLog);
  options.interval_method = IntervalMethod::kBootstrapParametric;
  options.bootstrap_resamples = resamples;
  options.seed = seed;
  return testing::LogWidth(FitLaw("data", points, options).Find(Role::kExponent)->interval);
}

// Of 39 values the smallest and the largest are the ends of 95 %; the usual linear percentiles lie
// further inside and would be 0.84 times as wide on average (normal quantiles at 4.9 and 2.5 %).
TEST(Bootstrap, IsAsWideWithFewResamplesAsWithMany) {
  const std::vector<Point> points = testing::SeededPoints("syn_1d_seeds_18.csv");
  double sum = 0;
  constexpr int kSeeds = 30;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) sum += WidthOf(points, 39, seed);
  const double ratio = sum / kSeeds / WidthOf(points, 1000, 99);
  EXPECT_GT(ratio, 0.95);
  EXPECT_LT(ratio, 1.2);
}

}  // namespace
}  // namespace saelaw
