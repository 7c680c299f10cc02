#include "fit/intervals/law_fit.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "fit/case_testing.h"
#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

using testing::At;
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
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
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

// loss = floor + 10 tokens^-0.3 at each size, `seeds` times, with alternating noise.
std::vector<Point> Law(std::initializer_list<double> sizes, int seeds, double floor, double noise) {
  std::vector<Point> points;
  for (const double tokens : sizes) {
    for (int seed = 0; seed < seeds; ++seed) {
      Point point;
      point.tokens = tokens;
      point.seed = seed;
      const double sign = (points.size() * 7 % 5) / 2.0 - 1;
      point.loss = (floor + 10 * std::pow(tokens, -0.3)) * std::exp(noise * sign);
      point.row = static_cast<std::int64_t>(points.size()) + 2;
      points.push_back(point);
    }
  }
  return points;
}

TEST(FitLaw, TwoSizesGiveThePowerLawExactlyAndNoInterval) {
  for (const char* law : {"data", "power"}) {
    const LawFit fit = FitLaw(law, Law({1e6, 4e6}, 1, 0, 0), {});
    ASSERT_TRUE(fit.ok());
    EXPECT_NEAR(fit.Get("exponent"), 0.3, 1e-9);
    EXPECT_NEAR(fit.Get("coef"), 10, 1e-6);
    EXPECT_EQ(fit.interval_method, "none");
    EXPECT_FALSE(fit.Find("exponent")->interval.known());
    EXPECT_FALSE(fit.Predict(At(1e9)).prediction.known());
    ASSERT_FALSE(fit.warnings.empty());
    EXPECT_TRUE(std::holds_alternative<warning::TwoSizes>(fit.warnings[0]));
  }
}

TEST(FitLaw, RefusesWhatCannotCarryALaw) {
  EXPECT_EQ(testing::Why(FitLaw("data", {}, {})), "few-points");
  const LawFit one_size = FitLaw("data", Law({1e6}, 5, 0, 0.01), {});
  const auto* few = testing::RefusedAs<refusal::FewValues>(one_size);
  ASSERT_NE(few, nullptr) << testing::Why(one_size);
  EXPECT_EQ(few->variable, Variable::kTokens);
  EXPECT_EQ(few->needed, 2);
  EXPECT_EQ(few->got, 1);
  std::vector<Point> equal = Law({1e6, 2e6, 4e6}, 1, 0, 0);
  for (Point& point : equal) point.loss = 0.5;
  EXPECT_EQ(testing::Why(FitLaw("data", equal, {})), "equal-losses");
  std::vector<Point> rising = Law({1e6, 2e6, 4e6}, 1, 0, 0);
  for (Point& point : rising) point.loss = std::log(point.tokens);
  const LawFit fit = FitLaw("power", rising, {});
  EXPECT_TRUE(!fit.ok() || !fit.warnings.empty());
}

TEST(FitLaw, AFixedFloorMustLieBelowTheLosses) {
  FitOptions options;
  options.floor_rule = FloorRule::kFixed;
  options.floor = 5;
  EXPECT_EQ(testing::Why(FitLaw("data", Law({1e6, 2e6, 4e6}, 1, 0, 0), options)), "floor-outside");
  options.floor = 0.5;
  const LawFit fit = FitLaw("data", Law({1e6, 2e6, 4e6}, 1, 0.5, 0), options);
  ASSERT_TRUE(fit.ok());
  EXPECT_EQ(fit.Get("floor"), 0.5);
  EXPECT_NEAR(fit.Get("exponent"), 0.3, 1e-6);
}

TEST(FitLaw, DropsUnusablePointsWithAReason) {
  std::vector<Point> points = Law({1e6, 2e6, 4e6, 8e6}, 2, 0.1, 0.001);
  points[0].loss = std::nan("");
  points[1].loss = -1;
  points[3].tokens = 0;
  const LawFit fit = FitLaw("data", points, {});
  ASSERT_TRUE(fit.ok());
  ASSERT_EQ(fit.dropped.size(), 3u);
  EXPECT_EQ(fit.dropped[0].row, 2);
  EXPECT_EQ(fit.dropped[0].reason, "loss is nan");
  EXPECT_EQ(fit.dropped[1].reason, "loss must be > 0, got -1");
  EXPECT_EQ(fit.dropped[2].reason, "tokens must be > 0 and finite, got 0");
  EXPECT_EQ(fit.n_points, 5);
}

TEST(FitLaw, AFloorThatWouldBeNegativeIsOnItsBound) {
  // loss falls ever faster: tokens^-0.3 minus a constant.
  const LawFit fit = FitLaw("data", Law({1e6, 2e6, 4e6, 8e6, 1.6e7}, 2, -0.03, 0.0005), {});
  ASSERT_TRUE(fit.ok());
  EXPECT_EQ(fit.Get("floor"), 0);
  EXPECT_TRUE(fit.Find("floor")->on_bound);
  EXPECT_EQ(fit.Find("floor")->interval.lo, 0);
  EXPECT_GE(fit.Find("floor")->interval.hi, 0);
  EXPECT_LT(fit.Find("floor")->interval.hi, 0.05);
  EXPECT_TRUE(fit.Find("exponent")->interval.known());
}

TEST(FitLaw, SaysWhenPointsDoNotDetermineTheParameters) {
  // Size and data in a fixed ratio: the two terms cannot be told apart when their exponents agree.
  std::vector<Point> points = Law({1e6, 2e6, 4e6, 8e6, 1.6e7, 3.2e7}, 1, 0.5, 0.001);
  for (Point& point : points) point.params = point.tokens / 20;
  const LawFit fit = FitLaw("size-data", points, {});
  bool singular = false;
  for (const FitWarning& warning : fit.warnings) {
    const auto* faulty = std::get_if<warning::SearchFaulty>(&warning);
    singular = singular || (faulty != nullptr && faulty->fault == SearchFault::kSingular);
  }
  EXPECT_TRUE(singular);
}

TEST(FitLaw, KnownSdsWeighThePoints) {
  std::vector<Point> points = Law({1e6, 2e6, 4e6, 8e6}, 1, 0, 0);
  for (Point& point : points) point.sd = 0.001;
  points[3].loss *= 1.1;
  points[3].sd = 10;
  const LawFit fit = FitLaw("power", points, {});
  EXPECT_NEAR(fit.Get("exponent"), 0.3, 1e-6);
}

TEST(FitLaw, WarnsOfLackOfFit) {
  // Ten times less seed noise than the bend of a floor that the power law does not have.
  const LawFit fit = FitLaw("power", Law({1e6, 4e6, 1.6e7, 6.4e7}, 4, 0.3, 0.0005), {});
  ASSERT_FALSE(fit.warnings.empty());
  EXPECT_TRUE(std::holds_alternative<warning::LackOfFit>(fit.warnings[0]));
}

TEST(FitLaw, BootstrapsAreReproducible) {
  const std::vector<Point> points = testing::SeededPoints("syn_1d_seeds_18.csv");
  for (const auto method : {IntervalMethod::kBootstrapCase, IntervalMethod::kBootstrapParametric}) {
    FitOptions options;
    options.interval_method = method;
    options.bootstrap_resamples = 200;
    options.seed = 5;
    options.threads = 1;
    const Interval one = FitLaw("data", points, options).Find("exponent")->interval;
    options.threads = 2;
    const Interval two = FitLaw("data", points, options).Find("exponent")->interval;
    EXPECT_EQ(one.lo, two.lo);
    EXPECT_EQ(one.hi, two.hi);
    options.seed = 6;
    EXPECT_NE(one.lo, FitLaw("data", points, options).Find("exponent")->interval.lo);
    EXPECT_LT(one.lo, 0.514);
    EXPECT_GT(one.hi, 0.514);
  }
}

// Besiroglu et al. 2024 (arXiv 2404.10102), table 1, for their reading of the same figure: a
// standard error of 0.02 for either exponent, from 4,000 bootstraps.
TEST(FitLaw, HuberIntervalsOfChinchillaHaveThePublishedWidth) {
  FitOptions options = Huber();
  options.interval_method = IntervalMethod::kSandwich;
  const LawFit fit = FitLaw("size-data", Chinchilla(), options);
  const Interval exponent = fit.Find("exponent_n")->interval;
  EXPECT_GT((exponent.hi - exponent.lo) / 3.92, 0.005);
  EXPECT_LT((exponent.hi - exponent.lo) / 3.92, 0.04);
}

// Besides outliers the law goes through the points; least squares is drawn away.
TEST(FitLaw, StudentPassesOutliers) {
  std::vector<Point> points = Law({1e6, 2e6, 4e6, 8e6, 1.6e7, 3.2e7}, 3, 0.5, 0.001);
  points[4].loss *= 1.2;
  points[11].loss *= 1.3;
  FitOptions options;
  const double squares = FitLaw("data", points, options).Get("exponent");
  options.estimator = Estimator::kStudentLog;
  const LawFit fit = FitLaw("data", points, options);
  ASSERT_TRUE(fit.ok());
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.Get("exponent"), 0.3, 0.02);
  EXPECT_GT(std::abs(squares - 0.3), 3 * std::abs(fit.Get("exponent") - 0.3));
  EXPECT_TRUE(Contains(fit.Find("exponent")->interval, 0.3));
}

// A robust fit is checked against its replicates as least squares are.
TEST(FitLaw, WarnsOfLackOfFitOfRobustFitsToo) {
  FitOptions options = Huber();
  options.interval_method = IntervalMethod::kBootstrapResidual;
  options.bootstrap_resamples = 100;
  const LawFit fit = FitLaw("power", Law({1e6, 4e6, 1.6e7, 6.4e7}, 4, 0.3, 0.0005), options);
  ASSERT_FALSE(fit.warnings.empty());
  EXPECT_TRUE(std::holds_alternative<warning::LackOfFit>(fit.warnings[0]));
}

TEST(FitLaw, SaysWhatCentredParametersAreOver) {
  const auto points = testing::SizePoints("syn_exact_ND_128.csv", 0, 1, 2);
  FitOptions options;
  options.interval_method = IntervalMethod::kNone;
  const LawFit fit = FitLaw("size-data-coupled", points, options);
  ASSERT_EQ(fit.centres.size(), 2u);
  EXPECT_EQ(fit.centres[1].first, "tokens");
  double sum = 0;
  for (const Point& point : points) sum += std::log(point.tokens);
  EXPECT_NEAR(std::log(fit.centres[1].second), sum / 128, 1e-9);
  EXPECT_TRUE(FitLaw("size-data", points, options).centres.empty());
}

TEST(FitLaw, UnknownLawsListTheAllowedOnes) {
  try {
    FitLaw("dta", {}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("data, power, broken-power, size-data"),
              std::string::npos);
  }
}

TEST(FitLaw, ManyPointsTakeSeconds) {
  std::vector<Point> points;
  for (int i = 0; i < 50'000; ++i) {
    Point point;
    point.tokens = 1e6 * (1 + i % 1000);
    point.seed = i;
    point.loss = (0.5 + 10 * std::pow(point.tokens, -0.3)) * (1 + 0.001 * (i * 7 % 11 - 5));
    points.push_back(point);
  }
  const LawFit fit = FitLaw("data", points, {});
  EXPECT_NEAR(fit.Get("exponent"), 0.3, 1e-3);
  EXPECT_EQ(fit.interval_method, "sandwich");
}

// Source: tests/fit/data/cases/README.md: floor 4888 [4397, 5311] in units of 1e-4, where [0, inf]
// was said. The same law in other units of loss and of tokens, with every method of intervals.
TEST(FitLaw, UnitsChangeNothing) {
  for (const char* file : {"scale_1000", "scale_1e4", "loss_1e30"}) {
    testing::TableQuestion question{file};
    question.estimator = Estimator::kLeastSquaresLog;
    const Parameter floor = *testing::AnswerOf(question).law.Find("floor");
    EXPECT_NEAR(floor.interval.lo / floor.value, 4397 / 4887.6, 1e-4) << file;
    EXPECT_NEAR(floor.interval.hi / floor.value, 5311 / 4887.6, 1e-4) << file;
  }
  const std::vector<Point> points = testing::SeededPoints("syn_1d_seeds_18.csv");
  for (const IntervalMethod method : {IntervalMethod::kProfileF,
                                      IntervalMethod::kSandwich,
                                      IntervalMethod::kBootstrapResidual,
                                      IntervalMethod::kBootstrapCase}) {
    FitOptions options;
    options.interval_method = method;
    options.bootstrap_resamples = 50;
    const LawFit fit = FitLaw("data", points, options);
    for (const double unit : {1e-6, 1e6}) {
      std::vector<Point> scaled = points;
      for (Point& point : scaled) point.loss *= unit, point.tokens /= unit;
      const LawFit other = FitLaw("data", scaled, options);
      const Parameter &a = *fit.Find("floor"), &b = *other.Find("floor");
      EXPECT_NEAR(b.value / unit, a.value, 1e-6);
      EXPECT_NEAR(b.interval.lo / unit, a.interval.lo, 1e-5);
      EXPECT_NEAR(b.interval.hi / unit, a.interval.hi, 1e-5);
      EXPECT_NEAR(other.Find("exponent")->interval.lo, fit.Find("exponent")->interval.lo, 1e-5);
    }
  }
}

}  // namespace
}  // namespace saelaw
