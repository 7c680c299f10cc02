#include "fit/intervals/covariance.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "fit/solve/distributions.h"

namespace saelaw {
namespace {

// ln loss = ln 20 - 0.3 ln D with 1 % of noise.
std::vector<Point> PowerPoints() {
  Random draws(7);
  std::vector<Point> points;
  for (int i = 0; i < 12; ++i) {
    Point point;
    point.tokens = 1e6 * std::pow(1.7, i);
    point.loss = 20 * std::pow(point.tokens, -0.3) * std::exp(0.01 * draws.Normal());
    points.push_back(point);
  }
  return points;
}

LawFit FitPower(IntervalMethod method) {
  FitOptions options;
  options.interval_method = method;
  options.threads = 1;
  return FitLaw("power", PowerPoints(), options);
}

// Of ln coef and the exponent a straight line tells the covariance, s²(X'X)^-1 (any textbook, as
// Weisberg 2005, section 2.5); that of ln exponent follows by its derivative.
struct Line {
  double exponent = 0;
  double coef_coef = 0, coef_exponent = 0, exponent_exponent = 0;
};
Line StraightLine() {
  const std::vector<Point> points = PowerPoints();
  const auto n = static_cast<double>(points.size());
  double x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  for (const Point& point : points) {
    const double at = std::log(point.tokens);
    const double loss = std::log(point.loss);
    x += at / n;
    y += loss / n;
    xx += at * at;
    xy += at * loss;
    yy += loss * loss;
  }
  const double spread = xx - n * x * x;
  const double slope = (xy - n * x * y) / spread;
  const double variance = (yy - n * y * y - slope * slope * spread) / (n - 2);
  return {-slope,
          variance * (1 / n + x * x / spread),
          // Of ln coef with the slope it is -x·s²/spread; the exponent is the slope's negative.
          variance * x / spread / -slope,
          variance / spread / (slope * slope)};
}

TEST(ComputeCovariance, IsThatOfAStraightLine) {
  const LawFit fit = FitPower(IntervalMethod::kProfileF);
  const ParameterCovariance& covariance = fit.covariance;
  ASSERT_EQ(covariance.names, (std::vector<std::string>{"coef", "exponent"}));
  EXPECT_EQ(covariance.of_log, (std::vector<bool>{true, true}));
  const Line line = StraightLine();
  ASSERT_NEAR(fit.Get("exponent"), line.exponent, 1e-6);
  EXPECT_NEAR(covariance.matrix[0] / line.coef_coef, 1, 1e-3);
  EXPECT_NEAR(covariance.matrix[1] / line.coef_exponent, 1, 1e-3);
  EXPECT_NEAR(covariance.matrix[2], covariance.matrix[1], 1e-15);
  EXPECT_NEAR(covariance.matrix[3] / line.exponent_exponent, 1, 1e-3);
}

// Refits scatter as the line says, but for the chance of a thousand draws.
TEST(ComputeCovariance, OfABootstrapIsThatOfItsRefits) {
  const LawFit fit = FitPower(IntervalMethod::kBootstrapParametric);
  const Line line = StraightLine();
  EXPECT_NEAR(fit.covariance.matrix[0] / line.coef_coef, 1, 0.2);
  EXPECT_NEAR(fit.covariance.matrix[1] / line.coef_exponent, 1, 0.2);
  EXPECT_NEAR(fit.covariance.matrix[3] / line.exponent_exponent, 1, 0.2);
}

// The interval of ln coef is its sd times Student's quantile to both sides.
TEST(ComputeCovariance, OfTheSandwichIsWhatItsIntervalsAreMadeOf) {
  const LawFit fit = FitPower(IntervalMethod::kSandwich);
  const Parameter* coef = fit.Find("coef");
  const double half = std::log(coef->interval.hi / coef->interval.lo) / 2;
  EXPECT_NEAR(half, StudentTwoSided(0.95, 10) * std::sqrt(fit.covariance.matrix[0]), 1e-9);
}

// A floor is estimated as it is, for it may be next to nothing.
TEST(ComputeCovariance, NamesTheScaleOfTheFloor) {
  std::vector<Point> points = PowerPoints();
  for (Point& point : points) point.loss += 1;
  const LawFit fit = FitLaw("data", points, {});
  ASSERT_TRUE(fit.covariance.known());
  EXPECT_EQ(fit.covariance.names.front(), "floor");
  EXPECT_FALSE(fit.covariance.of_log.front());
  EXPECT_TRUE(fit.covariance.of_log.back());
  // In the units of the loss: ten times the loss, a hundred times the variance.
  for (Point& point : points) point.loss *= 10;
  const LawFit scaled = FitLaw("data", points, {});
  EXPECT_NEAR(scaled.covariance.matrix[0] / fit.covariance.matrix[0], 100, 0.1);
}

TEST(ComputeCovariance, IsUnknownAtABoundAndWithoutIntervals) {
  // The loss falls ever faster: a floor only hurts.
  std::vector<Point> bent = PowerPoints();
  for (Point& point : bent) point.loss *= std::exp(-0.02 * std::pow(std::log(point.tokens), 2));
  const LawFit fit = FitLaw("data", bent, {});
  ASSERT_TRUE(fit.Find("floor")->on_bound);
  EXPECT_FALSE(fit.covariance.known());
  EXPECT_FALSE(FitPower(IntervalMethod::kNone).covariance.known());
}

}  // namespace
}  // namespace saelaw
