// Do 95 % intervals contain the truth 95 % of the time? The design of the question that the
// intervals exist for: a 32-fold range, 0.5 % noise, three seeds, predicting 8-fold further.
#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

constexpr double kFloor = 1;
constexpr double kExponent = 0.3;
constexpr double kNoise = 0.005;

double Truth(double tokens) { return kFloor + std::pow(tokens, -kExponent); }

double Normal(std::mt19937_64& generator) {
  const double u = (static_cast<double>(generator() >> 11) + 0.5) * 0x1.0p-53;
  const double v = (static_cast<double>(generator() >> 11) + 0.5) * 0x1.0p-53;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

std::vector<Point> Redraw(std::mt19937_64& generator, double floor = kFloor) {
  std::vector<Point> points;
  for (int doubling = 0; doubling <= 5; ++doubling) {
    for (int seed = 0; seed < 3; ++seed) {
      Point point;
      point.tokens = std::pow(2, doubling);
      point.seed = seed;
      point.loss = (Truth(point.tokens) - kFloor + floor) * std::exp(kNoise * Normal(generator));
      points.push_back(point);
    }
  }
  return points;
}

// 400 redraws: the sd of a coverage of 95 % is 1.1 %, so 2.75 sd are 3 %. A percentile bootstrap
// within the sizes, which covers 81-85 %, would fail.
TEST(Coverage, ProfileIntervalsCoverAtTheirLevel) {
  constexpr int kRedraws = 400;
  std::mt19937_64 generator(20240404);
  int exponent = 0;
  int law = 0;
  int run = 0;
  for (int i = 0; i < kRedraws; ++i) {
    FitOptions options;
    options.threads = 1;
    const LawFit fit = FitLaw("data", Redraw(generator), options);
    ASSERT_TRUE(fit.ok());
    Point at;
    at.tokens = 256;
    const Prediction prediction = fit.Predict(at);
    const double measured = Truth(256) * std::exp(kNoise * Normal(generator));
    exponent += testing::Contains(fit.Find("exponent")->interval, kExponent) ? 1 : 0;
    law += testing::Contains(prediction.confidence, Truth(256)) ? 1 : 0;
    run += testing::Contains(prediction.prediction, measured) ? 1 : 0;
  }
  EXPECT_NEAR(exponent / double{kRedraws}, 0.95, 0.03);
  EXPECT_NEAR(law / double{kRedraws}, 0.95, 0.03);
  EXPECT_NEAR(run / double{kRedraws}, 0.95, 0.03);
}

// Without a floor in the truth, where the estimate lies on its bound half of the time.
TEST(Coverage, HoldsWhereTheTruthHasNoFloor) {
  constexpr int kRedraws = 400;
  std::mt19937_64 generator(20240405);
  int exponent = 0;
  int law = 0;
  for (int i = 0; i < kRedraws; ++i) {
    FitOptions options;
    options.threads = 1;
    options.level = 0.9;
    const LawFit fit = FitLaw("data", Redraw(generator, 0), options);
    ASSERT_TRUE(fit.ok());
    Point at;
    at.tokens = 256;
    exponent += testing::Contains(fit.Find("exponent")->interval, kExponent) ? 1 : 0;
    law += testing::Contains(fit.Predict(at).confidence, std::pow(256, -kExponent)) ? 1 : 0;
    EXPECT_GE(fit.Find("floor")->interval.lo, 0);
  }
  // 2.75 sd of a coverage of 90 % over 400 redraws are 4 %.
  EXPECT_NEAR(exponent / double{kRedraws}, 0.9, 0.04);
  EXPECT_NEAR(law / double{kRedraws}, 0.9, 0.04);
}

}  // namespace
}  // namespace saelaw
