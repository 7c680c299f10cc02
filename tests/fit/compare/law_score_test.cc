#include "fit/compare/law_score.h"

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

// Burnham & Anderson 2002, eq. 2.4 and 7.31, by hand: n ln(RSS/n) + 2K + 2K(K+1)/(n-K-1), K = 4.
TEST(Aicc, IsTheTextbooksForLeastSquares) {
  const auto points = testing::Sweep(testing::Floored, 0.01);
  const LawFit fit = FitLaw("data", points, {});
  const double n = 18;
  const double by_hand = n * std::log(fit.objective / n) + 2 * 4 + 2 * 4 * 5 / (n - 5);
  EXPECT_NEAR(Aicc(fit, points, {}), by_hand, 1e-6);
}

TEST(Aicc, PrefersTheLawThatThePointsAreOf) {
  for (const Estimator estimator :
       {Estimator::kLeastSquaresLog, Estimator::kHuberLog, Estimator::kStudentLog}) {
    FitOptions options;
    options.estimator = estimator;
    options.interval_method = IntervalMethod::kNone;
    const auto floored = testing::Sweep(testing::Floored, 0.005);
    EXPECT_LT(Aicc(FitLaw("data", floored, options), floored, options) + 10,
              Aicc(FitLaw("power", floored, options), floored, options));
    const auto pure = testing::Sweep([](double x) { return std::pow(x, -0.3); }, 0.005);
    EXPECT_GT(Aicc(FitLaw("data", pure, options), pure, options),
              Aicc(FitLaw("power", pure, options), pure, options));
  }
}

TEST(Aicc, IsUnknownForTooFewPoints) {
  std::vector<Point> points = testing::Sweep(testing::Floored, 0.005, 1, 5);
  std::erase_if(points, [](const Point& point) { return point.seed != 0; });
  EXPECT_TRUE(std::isnan(Aicc(FitLaw("data", points, {}), points, {})));
}

}  // namespace
}  // namespace saelaw
