// Points without noise, and nearly without.
#include <gtest/gtest.h>

#include "fit/case_testing.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::AnswerOf;
using testing::At;

// Source: tests/fit/data/cases/README.md; every interval was [0, inf]. floor .5, exponent .3, and
// 0.5 + 256^-0.3 at 256M tokens.
TEST(ExactPoints, HaveIntervalsWithoutWidth) {
  for (const Estimator estimator : {Estimator::kHuberLog, Estimator::kLeastSquaresLog}) {
    testing::TableQuestion question{"exact"};
    question.estimator = estimator;
    question.at = {At(2.56e8)};
    const LawAnswer answer = AnswerOf(question);
    ASSERT_TRUE(answer.ok());
    for (const Parameter& parameter : answer.law.params) {
      EXPECT_NEAR(parameter.interval.lo, parameter.value, 1e-9 * parameter.value);
      EXPECT_NEAR(parameter.interval.hi, parameter.value, 1e-9 * parameter.value);
    }
    EXPECT_NEAR(answer.law.Get("floor"), 0.5, 1e-9);
    EXPECT_NEAR(answer.predictions[0].prediction.lo, 0.5 + std::pow(256, -0.3), 1e-9);
    EXPECT_NEAR(answer.predictions[0].prediction.hi, 0.5 + std::pow(256, -0.3), 1e-9);
    EXPECT_EQ(testing::FindIn<warning::LargestMissed>(answer), nullptr);
  }
}

// Noise of that many parts: intervals hold the truth and shrink with it, down to the rounding of
// the digits that a table has.
TEST(ExactPoints, AreComeToWithoutAJump) {
  for (const double noise : {1e-3, 1e-5, 1e-7, 1e-8}) {
    std::vector<Point> points;
    for (int i = 0; i < 18; ++i) {
      Point point = At(1e6 * std::pow(2, i / 3));
      point.loss = (0.5 + std::pow(2, -0.3 * (i / 3))) * (1 + noise * std::sin(7.7 * i * i));
      points.push_back(point);
    }
    const LawFit fit = FitLaw("data", points, TableOptions(Estimator::kLeastSquaresLog));
    const Interval floor = fit.Find("floor")->interval;
    EXPECT_TRUE(testing::Contains(floor, 0.5)) << noise;
    EXPECT_LT(floor.hi - floor.lo, 60 * noise) << noise;
    EXPECT_GT(floor.hi - floor.lo, noise) << noise;
  }
}

}  // namespace
}  // namespace saelaw
