#include "fit/held_out_error.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/held_out.h"
#include "fit/criticism.h"

namespace saelaw {
namespace {

// Shifts of ln loss without each of 20 groups, whose jackknife error is `sd`.
std::vector<double> Shifts(double sd) {
  std::vector<double> shifts;
  for (int g = 0; g < 20; ++g) shifts.push_back(g % 2 == 0 ? 1.0 : -1.0);
  const double error = JackknifeError(shifts);
  for (double& shift : shifts) shift *= sd / error;
  return shifts;
}

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

Point At(double tokens) {
  Point at;
  at.tokens = tokens;
  return at;
}

double LogWidth(const Interval& interval) { return std::log(interval.hi / interval.lo); }

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

// ln loss = 0.03·(ln lr - ln best)² at four sizes; shifts that are `tilt`·(ln lr - ln best) move
// the vertex by -tilt/(2·0.03), and such as are alike move nothing.
std::vector<Point> Sweeps(double common, double tilt) {
  std::vector<Point> points;
  for (int size = 0; size < 4; ++size) {
    const double tokens = 1e6 * std::pow(4, size);
    const double best = 1e-3 * std::pow(tokens / 1e6, -0.2);
    for (int rate = -2; rate <= 2; ++rate) {
      Point point;
      point.tokens = tokens;
      point.lr = 1e-3 * std::pow(2, rate) * std::pow(tokens / 1e6, -0.2) * 1.1;
      const double off = std::log(point.lr / best);
      point.loss = std::exp(0.03 * off * off + 1e-4 * ((rate + 2 * size) % 3));
      point.held_out_shifts = Shifts(common + tilt * off);
      points.push_back(point);
    }
  }
  return points;
}

TEST(AddHeldOutError, MovesBestRatesByWhatItDoesToTheSlope) {
  const std::vector<Point> points = Sweeps(0.01, 0.006);
  LrLawFit fit = FitLrLaw(points, {}, {});
  const LrLawFit plain = fit;
  AddHeldOutError(points, {}, {}, fit);
  ASSERT_TRUE(fit.ok());
  for (std::size_t i = 0; i < fit.optima.size(); ++i) {
    EXPECT_NEAR(fit.optima[i].held_out_sd_ln, 0.006 / (2 * 0.03), 0.01);
    EXPECT_EQ(fit.optima[i].lr, plain.optima[i].lr);
    EXPECT_EQ(fit.optima[i].sd_ln, plain.optima[i].sd_ln);
    EXPECT_GT(LogWidth(fit.optima[i].interval), 2 * 2.0 * 0.09);
  }
  const Prediction at = fit.law.Predict(At(1e9));
  EXPECT_NEAR(LogWidth(at.confidence) / 2, 2.093 * 0.1, 0.04);
  EXPECT_LT(LogWidth(fit.law.PredictOnSameSet(At(1e9)).confidence), 0.5 * LogWidth(at.confidence));
}

TEST(AddHeldOutError, CancelsInBestRatesWhereAllLossesErrAlike) {
  const std::vector<Point> points = Sweeps(0.05, 0);
  LrLawFit fit = FitLrLaw(points, {}, {});
  const LrLawFit plain = fit;
  AddHeldOutError(points, {}, {}, fit);
  EXPECT_NEAR(fit.optima[0].held_out_sd_ln, 0, 1e-6);
  EXPECT_NEAR(LogWidth(fit.optima[0].interval), LogWidth(plain.optima[0].interval), 1e-6);
}

TEST(HeldOutGroups, NeedsTheSameNumberOfAllPoints) {
  std::vector<Point> points = LossPoints(0.01, 0);
  EXPECT_EQ(HeldOutGroups(points), 20U);
  points[3].held_out_shifts.pop_back();
  EXPECT_EQ(HeldOutGroups(points), 0U);
  points[3].held_out_shifts.clear();
  EXPECT_EQ(HeldOutGroups(points), 0U);
}

}  // namespace
}  // namespace saelaw
