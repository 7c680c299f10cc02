#include "fit/intervals/held_out_error.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/critic/criticism.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::At;
using testing::LogWidth;
using testing::Shifts;

// L = 0.3 + 40·D^-0.4 with a little noise. Shifts of ln loss: `common` for all alike, and `tilt`
// times ln(D/1e6), which is a change of the slope.
std::vector<Point> LossPoints(double common, double tilt) {
  std::vector<Point> points;
  const std::vector<double> noise = {2e-3, -1e-3, -2e-3, 1e-3, 2e-3, -2e-3, 1e-3, -1e-3};
  for (int i = 0; i < 8; ++i) {
    Point point;
    point.tokens = 1e5 * std::pow(2, i);
    point.loss =
        (0.3 + 40 * std::pow(point.tokens, -0.4)) * std::exp(noise[static_cast<std::size_t>(i)]);
    point.row = i;
    const double sd = common + tilt * std::log(point.tokens / 1e6);
    if (sd != 0) point.held_out_shifts = Shifts(sd);
    points.push_back(point);
  }
  return points;
}

LawFit Fitted(const std::vector<Point>& points) {
  LawFit fit = FitLaw("data", points, {});
  AddHeldOutError(points, {}, fit);
  return fit;
}

TEST(AddHeldOutError, ChangesNothingWithoutReplicates) {
  const std::vector<Point> points = LossPoints(0, 0);
  const LawFit plain = FitLaw("data", points, {});
  const LawFit fit = Fitted(points);
  EXPECT_EQ(fit.interval_method, plain.interval_method);
  EXPECT_EQ(fit.Get("floor"), plain.Get("floor"));
  EXPECT_EQ(fit.Predict(At(1e8)).prediction.hi, plain.Predict(At(1e8)).prediction.hi);
}

// All losses 5 % wrong together: the level takes it in full, the exponent hardly any of it.
TEST(AddHeldOutError, OfAllLossesAlikeIsOfTheLevelAlone) {
  const std::vector<Point> points = LossPoints(0.05, 0);
  const LawFit plain = FitLaw("data", points, {});
  const LawFit fit = Fitted(points);
  ASSERT_TRUE(fit.ok());
  const Prediction with = fit.Predict(At(1e8)), without = plain.Predict(At(1e8));
  EXPECT_EQ(with.value, without.value);
  constexpr double kStudent19 = 2.093;
  const double half = std::log(with.value / with.confidence.lo);
  const double fit_half = std::log(without.value / without.confidence.lo);
  EXPECT_NEAR(half, std::hypot(fit_half, kStudent19 * 0.05), 2e-3);
  EXPECT_GT(fit.Find("floor")->interval.hi - fit.Find("floor")->interval.lo,
            1.2 * (plain.Find("floor")->interval.hi - plain.Find("floor")->interval.lo));
  EXPECT_NEAR(fit.Find("exponent")->interval.hi, plain.Find("exponent")->interval.hi, 0.01);
  EXPECT_EQ(fit.PredictOnSameSet(At(1e8)).prediction.hi, without.prediction.hi);
  EXPECT_GT(LogWidth(with.prediction), LogWidth(without.prediction));
}

TEST(AddHeldOutError, OfTheSlopeIsOfTheExponent) {
  const std::vector<Point> points = LossPoints(0, 0.02);
  const LawFit plain = FitLaw("data", points, {});
  const LawFit fit = Fitted(points);
  EXPECT_GT(fit.Find("exponent")->interval.hi, plain.Find("exponent")->interval.hi + 0.02);
}

TEST(Criticise, LocalExponentsKnowWhatTheDocumentsDoToThem) {
  const std::vector<Point> alike = LossPoints(0.05, 0);
  const std::vector<LocalExponent> level = Criticise("power", alike, {}).local_exponents;
  ASSERT_FALSE(level.empty());
  EXPECT_NEAR(level[0].interval.hi, level[0].exponent, 1e-9);
  // The shifts of neighbours differ by 0.02·ln 2, over a rise of ln 2.
  const std::vector<Point> tilted = LossPoints(0, 0.02);
  const std::vector<LocalExponent> slope = Criticise("power", tilted, {}).local_exponents;
  EXPECT_NEAR(slope[0].interval.hi - slope[0].exponent, 2.093 * 0.02, 1e-4);
  EXPECT_NEAR(slope[0].exponent - slope[0].interval.lo, 2.093 * 0.02, 1e-4);
  const std::vector<Point> plain = LossPoints(0, 0);
  EXPECT_FALSE(Criticise("power", plain, {}).local_exponents[0].interval.known());
}

}  // namespace
}  // namespace saelaw
