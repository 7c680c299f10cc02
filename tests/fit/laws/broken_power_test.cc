#include "fit/laws/broken_power.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/intervals/law_fit.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

using testing::At;
using testing::ExpectGradient;

// floor, coef, before, after, break, width.
constexpr double kFloor = 0.2, kCoef = 50, kBefore = 0.3, kAfter = 0.6, kBreak = 3e7, kWidth = 0.5;

// The formula as the paper writes it.
double Loss(double tokens) {
  return kFloor +
         kCoef * std::pow(tokens, -kBefore) *
             std::pow(1 + std::pow(tokens / kBreak, 1 / kWidth), -(kAfter - kBefore) * kWidth);
}

std::vector<Point> Points(double noise) {
  std::vector<Point> points;
  for (int i = 0; i < 14; ++i) {
    Point point = At(1e6 * std::pow(2.0, i));
    point.loss = Loss(point.tokens) * std::exp(noise * std::sin(5.0 * i));
    point.row = i;
    points.push_back(point);
  }
  return points;
}

BrokenPower Model(std::optional<double> floor) {
  return BrokenPower(BrokenPowerLaw(), {floor, {std::log(1e7)}});
}

Vector Truth() {
  const double centre = std::log(1e7);
  return {std::log(kFloor),
          std::log(kCoef) - kBefore * centre,
          std::log(kBefore),
          std::log(kAfter),
          std::log(kBreak) - centre,
          std::log(kWidth)};
}

TEST(BrokenPower, ValueIsTheFormula) {
  const BrokenPower model = Model({});
  for (const double tokens : {1e4, 1e7, 3e7, 1e12}) {
    const Vector row = model.Row(At(tokens));
    EXPECT_NEAR(std::exp(model.LogValue(Truth().data(), row.data(), nullptr)),
                Loss(tokens),
                1e-12 * Loss(tokens));
  }
}

TEST(BrokenPower, DerivativesMatchFiniteDifferences) {
  for (const auto& floor : {std::optional<double>(), std::optional<double>(0.1)}) {
    const BrokenPower model = Model(floor);
    const Vector u = floor ? model.DropFloor(Truth()) : Truth();
    for (const double tokens : {1e6, 2e7, 1e9}) {
      const Vector row = model.Row(At(tokens));
      ExpectGradient([&](const double* v,
                         double* gradient) { return model.LogValue(v, row.data(), gradient); },
                     u);
    }
    for (const NamedParameter& named : model.Parameters(u)) {
      if (named.quantity) ExpectGradient(named.quantity, u);
    }
  }
}

TEST(BrokenPower, HasNoValueBeyondItsDomain) {
  const BrokenPower model = Model({});
  const Vector row = model.Row(At(1e7));
  Vector u = Truth();
  u[5] = std::log(1e-3);
  EXPECT_TRUE(std::isnan(model.LogValue(u.data(), row.data(), nullptr)));
}

TEST(BrokenPower, IsRecoveredFromItsOwnValues) {
  const LawFit fit = FitLaw("broken-power", Points(0), {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
  EXPECT_NEAR(fit.Get("floor"), kFloor, 1e-4 * kFloor);
  EXPECT_NEAR(fit.Get("coef"), kCoef, 1e-3 * kCoef);
  EXPECT_NEAR(fit.Get("exponent_before"), kBefore, 1e-4);
  EXPECT_NEAR(fit.Get(Role::kExponent, Variable::kTokens), kAfter, 1e-4);
  EXPECT_NEAR(fit.Get("break"), kBreak, 1e-3 * kBreak);
  EXPECT_NEAR(fit.Get("width"), kWidth, 1e-3);
  EXPECT_NEAR(fit.Predict(At(1e12)).value, Loss(1e12), 1e-4 * Loss(1e12));
}

TEST(BrokenPower, IntervalsContainTheTruthOfNoisyValues) {
  const LawFit fit = FitLaw("broken-power", Points(2e-3), {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
  const Interval at = fit.Predict(At(1e11)).confidence;
  EXPECT_LT(at.lo, Loss(1e11));
  EXPECT_GT(at.hi, Loss(1e11));
  // The data law, which knows no break, misses what this one reaches.
  const LawFit unbroken = FitLaw("data", Points(2e-3), {});
  EXPECT_GT(unbroken.rms_residual, 2 * fit.rms_residual);
}

}  // namespace
}  // namespace saelaw
