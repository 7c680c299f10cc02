#include "fit/rates/lr_held_out_error.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::At;
using testing::LogWidth;
using testing::Shifts;

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

}  // namespace
}  // namespace saelaw
