#include "fit/rates/lr_surface.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

using testing::Contains;

// (0.4 + 30 D^-0.4) exp(0.03 (ln lr - ln(2 D^-0.4))²), rates a factor of 2 apart.
std::vector<Point> Surface(double noise) {
  std::vector<Point> points;
  for (const double tokens : {1e6, 4e6, 1.6e7, 6.4e7}) {
    for (int step = -2; step <= 2; ++step) {
      for (int seed = 0; seed < 2; ++seed) {
        Point point;
        point.tokens = tokens;
        point.seed = seed;
        point.lr = 2 * std::pow(tokens, -0.4) * std::pow(2, step + 0.2);
        const double z = std::log(point.lr / (2 * std::pow(tokens, -0.4)));
        const double sign = static_cast<double>(points.size() * 7 % 5) / 2 - 1;
        point.loss = (0.4 + 30 * std::pow(tokens, -0.4)) * std::exp(0.03 * z * z + noise * sign);
        points.push_back(point);
      }
    }
  }
  return points;
}

TEST(FitLrSurface, RecoversAnExactSurface) {
  const LrSurfaceFit fit = FitLrSurface(Surface(0), {}, {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit.law);
  EXPECT_TRUE(fit.law.converged);
  EXPECT_NEAR(fit.law.Get("floor"), 0.4, 1e-6);
  EXPECT_NEAR(fit.law.Get("coef"), 30, 1e-3);
  EXPECT_NEAR(fit.law.Get("exponent"), 0.4, 1e-6);
  EXPECT_NEAR(fit.law.Get("curvature"), 0.03, 1e-7);
  EXPECT_NEAR(fit.law.Get("lr_coef"), 2, 1e-4);
  EXPECT_NEAR(fit.law.Get("lr_exponent"), -0.4, 1e-6);
  EXPECT_NEAR(fit.Regret(std::log(2)), std::expm1(0.03 * std::log(2) * std::log(2)), 1e-6);
}

TEST(FitLrSurface, IntervalsContainTheTruth) {
  const LrSurfaceFit fit = FitLrSurface(Surface(0.002), {}, {});
  ASSERT_TRUE(fit.ok());
  EXPECT_TRUE(Contains(fit.law.Find("lr_exponent")->interval, -0.4));
  EXPECT_TRUE(Contains(fit.law.Find("curvature")->interval, 0.03));
  const double best = 2 * std::pow(2e9, -0.4);
  Point at;
  at.tokens = 2e9;
  EXPECT_TRUE(Contains(fit.best_rate(at).confidence, best));
  at.tokens = 1.6e7;
  at.lr = 2 * std::pow(1.6e7, -0.4);
  EXPECT_TRUE(Contains(fit.law.Predict(at).confidence, 0.4 + 30 * std::pow(1.6e7, -0.4)));
}

// Made with an exponent of -0.30 (tests/fit/data/README.md); the stepwise law gives -0.2962.
TEST(FitLrSurface, AgreesWithTheStepwiseLawOnASweepWithFaults) {
  std::vector<Point> points;
  for (const auto& row : testing::Rows("syn_lr_sweep_edge_diverged.csv")) {
    Point point;
    point.tokens = row[0];
    point.lr = row[1];
    point.loss = row[3];
    points.push_back(point);
  }
  const LrSurfaceFit fit = FitLrSurface(points, {}, {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit.law);
  EXPECT_NEAR(fit.law.Get("lr_exponent"), -0.30, 0.02);
}

TEST(FitLrSurface, RefusesWithoutAValleyOrSizes) {
  std::vector<Point> low;
  for (const Point& point : Surface(0)) {
    if (point.lr < 2 * std::pow(point.tokens, -0.4)) low.push_back(point);
  }
  EXPECT_EQ(testing::Why(FitLrSurface(low, {}, {}).law), "no-minimum");
  EXPECT_EQ(testing::Why(FitLrSurface({}, {}, {}).law), "few-surviving-sizes");
}

// Two values of params (too few for a law of them), or of the batch, are no replicates.
TEST(FitLrSurface, RefusesPointsThatDifferInWhatItDoesNotKnow) {
  std::vector<Point> points = Surface(0.002);
  for (Point& point : points) point.params = point.seed == 0 ? 1024 : 4096;
  const LrSurfaceFit of_params = FitLrSurface(points, {}, {});
  const auto* params = testing::RefusedAs<refusal::Mixed>(of_params.law);
  ASSERT_NE(params, nullptr) << testing::Why(of_params.law);
  EXPECT_EQ(params->variable, Variable::kParams);
  EXPECT_EQ(params->values, 2);
  for (Point& point : points) std::swap(point.params, point.batch);
  const LrSurfaceFit of_batch = FitLrSurface(points, {}, {});
  const auto* batch = testing::RefusedAs<refusal::Mixed>(of_batch.law);
  ASSERT_NE(batch, nullptr) << testing::Why(of_batch.law);
  EXPECT_EQ(batch->variable, Variable::kBatch);
  EXPECT_EQ(batch->values, 2);
  for (Point& point : points) point.batch = 4096;
  EXPECT_TRUE(FitLrSurface(points, {}, {}).ok());
}

TEST(FitLrSurface, TakesAFixedFloor) {
  FitOptions options;
  options.floor_rule = FloorRule::kFixed;
  options.floor = 0.4;
  const LrSurfaceFit fit = FitLrSurface(Surface(0), {}, options);
  ASSERT_TRUE(fit.ok()) << testing::Why(fit.law);
  EXPECT_EQ(fit.law.Get("floor"), 0.4);
  EXPECT_NEAR(fit.law.Get("exponent"), 0.4, 1e-6);
  options.floor = 5;
  EXPECT_EQ(testing::Why(FitLrSurface(Surface(0), {}, options).law), "floor-outside");
}

}  // namespace
}  // namespace saelaw
