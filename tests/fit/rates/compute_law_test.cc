#include "fit/rates/compute_law.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

// 1.69 + 406.4 N^-0.34 + 410.7 D^-0.28 at four budgets, seven sizes a factor of 2 apart around the
// best one.
std::vector<Point> IsoFlop() {
  std::vector<Point> points;
  for (const double compute : {1e18, 1e19, 1e20, 1e21}) {
    const double best = 0.9 * std::pow(compute / 6, 0.28 / 0.62);
    for (int step = -3; step <= 3; ++step) {
      Point point;
      point.compute = compute;
      point.params = best * std::pow(2, step);
      point.tokens = compute / (6 * point.params);
      point.loss =
          1.69 + 406.4 * std::pow(point.params, -0.34) + 410.7 * std::pow(point.tokens, -0.28);
      points.push_back(point);
    }
  }
  return points;
}

// N* = G (C/6)^(beta/(alpha+beta)), G = (alpha A/(beta B))^(1/(alpha+beta)) (Hoffmann et al. 2022,
// eq. 4).
TEST(FitComputeLaw, TheSurfaceIsExactWhereTheParabolaIsBiased) {
  const ComputeLawFit fit = FitComputeLaw(IsoFlop(), {});
  ASSERT_TRUE(fit.law.ok()) << testing::Why(fit.law);
  ASSERT_TRUE(fit.surface.ok()) << testing::Why(fit.surface);
  const double exponent = 0.28 / 0.62;
  EXPECT_NEAR(fit.surface.Get("exponent_n"), exponent, 1e-6);
  EXPECT_NEAR(fit.surface.Get("exponent_d"), 1 - exponent, 1e-6);
  const double g = std::pow(0.34 * 406.4 / (0.28 * 410.7), 1 / 0.62);
  Point at;
  at.compute = 1e23;
  EXPECT_NEAR(fit.surface.Predict(at).value / (g * std::pow(1e23 / 6, exponent)), 1, 1e-5);
  // The parabola is off by a few per cent without any noise, and near enough to be recognised.
  const double off = fit.law.Predict(at).value / (g * std::pow(1e23 / 6, exponent)) - 1;
  EXPECT_GT(std::abs(off), 1e-3);
  EXPECT_LT(std::abs(off), 0.5);
  EXPECT_NEAR(fit.law.Get("exponent_n"), exponent, 0.05);
}

TEST(FitComputeLaw, IntervalsOfTheSurfaceContainTheTruth) {
  std::vector<Point> points = IsoFlop();
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].loss *= std::exp(0.002 * std::sqrt(2) * std::sin(7.3 * static_cast<double>(i)));
  }
  const ComputeLawFit fit = FitComputeLaw(points, {});
  EXPECT_TRUE(testing::Contains(fit.surface.Find("exponent_n")->interval, 0.28 / 0.62));
}

TEST(FitComputeLaw, ABudgetWhoseBestSizeIsItsSmallestIsNotFitted) {
  std::vector<Point> points = IsoFlop();
  std::erase_if(points, [](const Point& p) {
    return p.compute == 1e21 && p.params < 1.5 * std::pow(p.compute / 6, 0.28 / 0.62);
  });
  const ComputeLawFit fit = FitComputeLaw(points, {});
  ASSERT_EQ(fit.optima.size(), 4u);
  EXPECT_EQ(fit.optima.back().censoring, Censoring::kGridLow);
  EXPECT_EQ(fit.law.n_points, 3);
}

// GFLOP and PFLOP/s-days beside params and tokens, as W&B's tables and Kaplan et al. have them.
TEST(FitComputeLaw, ReadsTheUnitOfComputeFromTheRows) {
  const ComputeLawFit flop = FitComputeLaw(IsoFlop(), {});
  EXPECT_TRUE(flop.law.warnings.empty());
  for (const auto& [per_flop, name] :
       {std::pair(1e-9, "GFLOP"), std::pair(1 / 8.64e19, "PFLOP/s-days")}) {
    std::vector<Point> points = IsoFlop();
    for (Point& point : points) point.compute *= per_flop;
    const ComputeLawFit fit = FitComputeLaw(points, {});
    ASSERT_EQ(fit.law.warnings.size(), 1u);
    const auto* in_unit = FindWarning<warning::ComputeInUnit>(fit.law.warnings);
    ASSERT_NE(in_unit, nullptr);
    EXPECT_EQ(in_unit->unit, name);
    EXPECT_NEAR(fit.optima[0].tokens / flop.optima[0].tokens, 1, 1e-6);
    const double exponent = flop.surface.Get("exponent_d");
    EXPECT_NEAR(
        fit.surface.Get("coef_d") * std::pow(per_flop, exponent) / flop.surface.Get("coef_d"),
        1,
        1e-4);
    Point at;
    at.compute = 1e23;
    const double expected = flop.surface.Predict(at).value;
    at.compute *= per_flop;
    EXPECT_NEAR(fit.surface.Predict(at).value / expected, 1, 1e-4);
    EXPECT_NEAR(fit.law.Predict(at).value / fit.surface.Predict(at).value, 1, 0.5);
  }
}

TEST(FitComputeLaw, FollowsTheRowsWhereComputeIsMoreThan6ND) {
  std::vector<Point> points = IsoFlop();
  for (Point& point : points) point.compute *= 4.0 / 3;
  const ComputeLawFit fit = FitComputeLaw(points, {});
  ASSERT_EQ(fit.law.warnings.size(), 1u);
  const auto* in_unit = FindWarning<warning::ComputeInUnit>(fit.law.warnings);
  ASSERT_NE(in_unit, nullptr);
  EXPECT_TRUE(in_unit->flop);
  EXPECT_NEAR(in_unit->largest, 4.0 / 3, 1e-9);
  EXPECT_NEAR(fit.optima[0].tokens / FitComputeLaw(IsoFlop(), {}).optima[0].tokens, 1, 1e-6);
}

TEST(FitComputeLaw, HasNoLawOfTokensWhereComputeIsNoMultipleOfThem) {
  std::vector<Point> points = IsoFlop();
  for (std::size_t i = 0; i < points.size(); ++i) points[i].tokens *= std::pow(10, i % 4);
  const ComputeLawFit fit = FitComputeLaw(points, {});
  ASSERT_TRUE(fit.law.ok());
  ASSERT_FALSE(fit.law.warnings.empty());
  EXPECT_NE(FindWarning<warning::ComputeUnfixed>(fit.law.warnings), nullptr);
  EXPECT_EQ(fit.law.Find("coef_d"), nullptr);
  EXPECT_TRUE(std::isnan(fit.optima[0].tokens));
  EXPECT_FALSE(fit.surface.ok());
}

TEST(FitComputeLaw, NamesARowWhoseComputeIsUnlikeTheOthers) {
  std::vector<Point> points = IsoFlop();
  points[3].tokens *= 1000;
  points[3].row = 5;
  const ComputeLawFit fit = FitComputeLaw(points, {});
  ASSERT_EQ(fit.law.warnings.size(), 1u);
  const auto* odd = FindWarning<warning::ComputeOddRow>(fit.law.warnings);
  ASSERT_NE(odd, nullptr);
  EXPECT_EQ(odd->row.number, 5);
  EXPECT_NEAR(odd->times, 0.001, 1e-9);
  EXPECT_NE(fit.law.Find("coef_d"), nullptr);
}

std::vector<Point> Budgets(const char* name) {
  std::vector<Point> points;
  for (const auto& row : testing::Rows(name)) {
    Point point;
    point.compute = row[0];
    point.params = row[1];
    point.loss = row[2];
    points.push_back(point);
  }
  return points;
}

// exponent_n .4516, N*(1e24) 4.13e10 (tests/fit/data/README.md).
TEST(FitComputeLaw, NearSizesDoNotTakeAllTheWeight) {
  const ComputeLawFit fit = FitComputeLaw(Budgets("isoflop_near_sizes.csv"), {});
  Point at;
  at.compute = 1e24;
  for (const LawFit* law : {&fit.leading(), &fit.law}) {
    ASSERT_TRUE(law->ok()) << testing::Why(*law);
    EXPECT_TRUE(testing::Contains(law->Find("exponent_n")->interval, 0.28 / 0.62));
    EXPECT_TRUE(testing::Contains(law->Predict(at).confidence, 4.13e10));
    EXPECT_LT(std::abs(law->Get("exponent_n") - 0.28 / 0.62), 0.03);
  }
  EXPECT_EQ(&fit.leading(), &fit.surface);
}

// exponent_n .4516, N*(1e21) 1.82e9 (tests/fit/data/README.md).
TEST(FitComputeLaw, GroupsRunsWhoseRealComputeDiffers) {
  const ComputeLawFit fit = FitComputeLaw(Budgets("isoflop_distinct_compute.csv"), {});
  ASSERT_EQ(fit.optima.size(), 3u);
  EXPECT_EQ(fit.law.n_points, 3);
  Point at;
  at.compute = 1e21;
  for (const LawFit* law : {&fit.leading(), &fit.law}) {
    ASSERT_TRUE(law->ok()) << testing::Why(*law);
    EXPECT_NEAR(law->Get("exponent_n"), 0.28 / 0.62, 0.03);
    EXPECT_TRUE(testing::Contains(law->Find("exponent_n")->interval, 0.28 / 0.62));
    EXPECT_NEAR(law->Predict(at).value / 1.82e9, 1, 0.25);
  }
}

// Given optima that are farther off the line than their own sds say.
TEST(FitComputeLaw, SaysThatGivenOptimaDoNotFit) {
  std::vector<Point> points;
  for (const double compute : {1e18, 1e19, 1e20, 1e21}) {
    Point point;
    point.compute = compute;
    point.params = 0.1 * std::pow(compute, 0.5) * (points.size() % 2 == 0 ? 1.2 : 1 / 1.2);
    point.sd = 0.01;
    points.push_back(point);
  }
  const ComputeLawFit fit = FitComputeLaw(points, {});
  ASSERT_TRUE(fit.law.ok());
  ASSERT_EQ(fit.law.warnings.size(), 1u);
  EXPECT_NE(FindWarning<warning::OptimaScatter>(fit.law.warnings), nullptr);
  EXPECT_GT(testing::LogWidth(fit.law.Predict(points[0]).confidence), 0.3);
}

TEST(FitComputeLaw, TakesOneRowForEachBudgetAsItsOptimum) {
  std::vector<Point> points;
  for (const double compute : {1e18, 1e19, 1e20}) {
    Point point;
    point.compute = compute;
    point.params = 0.1 * std::pow(compute, 0.5);
    point.sd = 0.1;
    points.push_back(point);
  }
  const ComputeLawFit fit = FitComputeLaw(points, {});
  ASSERT_TRUE(fit.law.ok());
  EXPECT_NEAR(fit.law.Get("exponent_n"), 0.5, 1e-9);
  EXPECT_NEAR(fit.law.Get("coef_n"), 0.1, 1e-7);
  EXPECT_FALSE(fit.surface.ok());
  EXPECT_FALSE(FitComputeLaw({}, {}).ok());
}

}  // namespace
}  // namespace saelaw
