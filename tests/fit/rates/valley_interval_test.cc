#include "fit/rates/valley_interval.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "fit/fit_testing.h"
#include "fit/rates/valley_testing.h"
#include "fit/solve/distributions.h"

namespace saelaw {
namespace {

// The parabola alone, so that the model is linear in curvature and slopes.
ValleyLaw ParabolaOf(const ValleyData& data) {
  ValleyLaw law = FitValleyLaw(data);
  std::erase_if(law.candidates,
                [](const auto& one) { return one.kind != ValleyKind::kParabola || one.relative; });
  law.candidates.front().weight = 1;
  return law;
}

// At an interval's end the sum of squares, with the quantity held there, is higher by Student's
// quantile squared times the noise. For the parabola of one curvature, whose optimum is a ratio of
// two linear estimates, this is Fieller's interval (1954, J. R. Stat. Soc. B 16).
TEST(MakeEstimate, EndsWhereTheSumOfSquaresSaysSo) {
  const ValleyData data = testing::Valleys(3, {std::log(0.03)}, 0.004);
  const ValleyLaw law = ParabolaOf(data);
  const LineQuantity quantity{{6}, 0};
  const ValleyEstimate estimate = MakeEstimate(law, quantity, 0.95);
  const ValleyCandidate& one = law.candidates.front();
  const double quantile = StudentTwoSided(0.95, one.df);
  for (const double end : {estimate.interval.lo, estimate.interval.hi}) {
    const ValleyPlacement line = ValleyPlacement::Line(law.data, quantity.origin);
    ValleyState start = one.line.at;
    start.position = {start.position[1]};
    const ValleyFit held =
        SearchValley(law.data, one.kind, line.Holding(0, end), one.priors, start);
    const double root = std::sqrt((held.objective - one.line.objective) / one.variance);
    EXPECT_NEAR(root, quantile, 0.05);
  }
  // Far beyond the data the ratio is skewed.
  EXPECT_GT(estimate.value - estimate.interval.lo, estimate.interval.hi - estimate.value);
}

// Without a level there is a value and no interval.
TEST(MakeEstimate, GivesTheValueAlone) {
  const ValleyLaw law = ParabolaOf(testing::Valleys(3, {std::log(0.03)}, 0.001));
  const ValleyEstimate estimate = MakeEstimate(law, {{6}, 0}, 0);
  EXPECT_NEAR(estimate.value, -2.8, 0.3);
  EXPECT_FALSE(estimate.interval.known());
}

// What each of several shapes puts below an end, by the tail of Student's t, adds up to the share
// that belongs there, to the last digits: the root is found, and not only come near to.
TEST(MakeEstimate, EndsWhereTheShapesTailsAddUp) {
  struct Shape {
    double optimum, sd, df, weight;
  };
  const std::vector<Shape> shapes = {{-7, 0.1, 3.4, 0.6}, {-6.5, 0.4, 12, 0.3}, {-9, 0.05, 2, 0.1}};
  ValleyLaw law;
  law.scatters = true;
  law.centre = {0};
  for (const Shape& shape : shapes) {
    ValleyCandidate& one = law.candidates.emplace_back();
    one.weight = shape.weight;
    one.df = one.scattered_df = shape.df;
    one.scattered = {shape.optimum, 0};
    one.scattered_covariance = {shape.sd * shape.sd, 0, 0, 0};
  }
  const auto below = [&](double x) {
    double sum = 0;
    for (const Shape& shape : shapes) {
      const double t = (x - shape.optimum) / shape.sd;
      const double tail = FisherTail(t * t, 1, shape.df) / 2;
      sum += shape.weight * (t < 0 ? tail : 1 - tail);
    }
    return sum;
  };
  for (const double level : {0.5, 0.95, 0.999}) {
    const Interval interval = MakeEstimate(law, {{0}, 0}, level).interval;
    EXPECT_NEAR(below(interval.lo), (1 - level) / 2, 1e-11);
    EXPECT_NEAR(below(interval.hi), (1 + level) / 2, 1e-11);
  }
  // One shape alone ends at Student's quantile.
  law.candidates.resize(1);
  EXPECT_NEAR(
      MakeEstimate(law, {{0}, 0}, 0.95).interval.hi, -7 + 0.1 * StudentTwoSided(0.95, 3.4), 1e-12);
}

// A small part of analysis/valleys, whose table has the large one: 5 sizes, 9 rates, 0.3 % noise,
// 64 times beyond the largest. Of 120 sweeps the share has a sd of 2 %.
TEST(MakeEstimate, CoversAsItSays) {
  const std::vector<ValleyShape> shapes = {{std::log(0.03)},
                                           {std::log(0.05 * 0.4) / 2, std::log(8.0) / 2},
                                           {std::log(0.03), 0, std::log(2)}};
  for (const ValleyShape& shape : shapes) {
    constexpr int kSweeps = 120;
    int covered = 0;
    double square = 0;
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      Random draws(MixSeeds({20261128, static_cast<std::uint64_t>(sweep)}));
      ValleyData data;
      for (int g = 0; g < 5; ++g) {
        const double optimum = -1 - 0.3 * 0.693 * g;
        ValleyGroup group{{0.693 * g}, {}, optimum};
        const double shift = 0.7 * (draws.Uniform() - 0.5);
        for (int i = -4; i <= 4; ++i) {
          const double z = shift + 0.3466 * i;
          group.runs.push_back({optimum + z, shape.Rise(z) + 0.003 * draws.Normal(), g});
        }
        data.groups.push_back(group);
      }
      data.levels = 5;
      const ValleyLaw law = FitValleyLaw(data);
      ASSERT_TRUE(law.ok());
      const double target = 0.693 * 4 + std::log(64.0);
      const ValleyEstimate estimate = law.OptimumAt({target}, 0.95);
      const double truth = -1 - 0.3 * target;
      covered += testing::Contains(estimate.interval, truth) ? 1 : 0;
      square += std::pow(estimate.value - truth, 2);
    }
    EXPECT_GE(covered, 106);
    EXPECT_LT(std::sqrt(square / kSweeps), 0.07);
  }
}

}  // namespace
}  // namespace saelaw
