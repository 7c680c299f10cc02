#include "fit/law_fit.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::Contains;

std::vector<Point> Chinchilla() { return testing::SizePoints("kyo_chinchilla_234.csv", 1, 2, 3); }

FitOptions Huber() {
  FitOptions options;
  options.estimator = Estimator::kHuberLog;
  options.interval_method = IntervalMethod::kNone;
  return options;
}

// Reference: the same objective minimised from 4,500 starts by an independent program; see
// tests/fit/data/README.md.
TEST(FitLaw, ReproducesChinchilla) {
  const LawFit fit = FitLaw("size-data", Chinchilla(), Huber());
  ASSERT_TRUE(fit.ok()) << fit.refusal;
  EXPECT_TRUE(fit.converged);
  EXPECT_LE(fit.objective, 8.4018e-4);
  EXPECT_NEAR(fit.Get("floor"), 1.78389, 0.0006);
  EXPECT_NEAR(fit.Get("coef_n"), 442.16, 4.4);
  EXPECT_NEAR(fit.Get("exponent_n"), 0.34263, 0.0005);
  EXPECT_NEAR(fit.Get("coef_d"), 1271.8, 12.7);
  EXPECT_NEAR(fit.Get("exponent_d"), 0.34200, 0.0005);
}

TEST(FitLaw, RecoversExactSizeDataLaw) {
  const auto points = testing::SizePoints("syn_exact_ND_128.csv", 0, 1, 2);
  for (const Estimator estimator : {Estimator::kLeastSquaresLog, Estimator::kHuberLog}) {
    FitOptions options;
    options.estimator = estimator;
    options.interval_method = IntervalMethod::kNone;
    const LawFit fit = FitLaw("size-data", points, options);
    ASSERT_TRUE(fit.ok());
    EXPECT_NEAR(fit.Get("floor"), 1.69, 1.69e-4);
    EXPECT_NEAR(fit.Get("coef_n"), 406.4, 406.4e-4);
    EXPECT_NEAR(fit.Get("exponent_n"), 0.34, 0.34e-4);
    EXPECT_NEAR(fit.Get("coef_d"), 410.7, 410.7e-4);
    EXPECT_NEAR(fit.Get("exponent_d"), 0.28, 0.28e-4);
  }
}

TEST(FitLaw, IntervalsContainTheTruthOfSeededPoints) {
  const auto points = testing::SeededPoints("syn_1d_seeds_18.csv");
  for (const auto method : {IntervalMethod::kProfileF, IntervalMethod::kSandwich}) {
    FitOptions options;
    options.interval_method = method;
    const LawFit fit = FitLaw("data", points, options);
    ASSERT_TRUE(fit.ok());
    EXPECT_TRUE(Contains(fit.Find("floor")->interval, 0.20)) << fit.interval_method;
    EXPECT_TRUE(Contains(fit.Find("exponent")->interval, 0.50)) << fit.interval_method;
  }
}

TEST(FitLaw, DoesNotRejectAFloorOfZero) {
  const LawFit fit = FitLaw("data", testing::SeededPoints("syn_1d_E0_18.csv"), {});
  ASSERT_TRUE(fit.ok());
  EXPECT_EQ(fit.Find("floor")->interval.lo, 0);
}

}  // namespace
}  // namespace saelaw
