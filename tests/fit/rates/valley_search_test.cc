#include "fit/rates/valley_search.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/rates/valley_testing.h"

namespace saelaw {
namespace {

const ValleyShape kSkew{std::log(0.05 * 0.4) / 2, std::log(0.4 / 0.05) / 2};

ValleyState StartAt(double level, double slope) {
  ValleyState start;
  start.shape.log_curvature = std::log(0.1);
  start.position = {level, slope};
  return start;
}

TEST(SearchValley, FindsALineOfSkewedValleys) {
  const ValleyData data = testing::Valleys(4, kSkew);
  const ValleyPlacement line = ValleyPlacement::Line(data, {0});
  const ValleyFit fit =
      SearchValley(data, ValleyKind::kSkewed, line, {1e-9, 0}, StartAt(-0.8, -0.2));
  ASSERT_TRUE(fit.ok);
  EXPECT_NEAR(fit.at.position[0], -1, 1e-6);
  EXPECT_NEAR(fit.at.position[1], -0.3, 1e-6);
  EXPECT_NEAR(fit.at.shape.skew, kSkew.skew, 1e-6);
  EXPECT_LT(fit.square, 1e-12);
}

// Of a parabola with one curvature on a line: 3 parameters, none of them held by a prior.
TEST(SearchValley, CountsItsParameters) {
  const ValleyData data = testing::Valleys(4, {std::log(0.03)}, 0.001);
  const ValleyPlacement line = ValleyPlacement::Line(data, {0});
  const ValleyFit fit = SearchValley(data, ValleyKind::kParabola, line, {}, StartAt(-1, -0.3));
  EXPECT_NEAR(fit.parameters, 3, 1e-9);
  // A skew that its prior holds at 0 is none.
  ValleyPriors priors;
  priors.noise = 10;
  const ValleyFit held = SearchValley(data, ValleyKind::kSkewed, line, priors, StartAt(-1, -0.3));
  EXPECT_NEAR(held.parameters, 3, 0.1);
  EXPECT_NEAR(held.at.shape.skew, 0, 1e-3);
}

// A bound above the optimum pulls it up, the more the more it weighs.
TEST(SearchValley, BoundsPull) {
  ValleyData data = testing::Valleys(3, {std::log(0.03)}, 0.001);
  const ValleyPlacement line = ValleyPlacement::Line(data, {0});
  const ValleyFit without = SearchValley(data, ValleyKind::kParabola, line, {}, StartAt(-1, -0.3));
  double before = line.At(without.at.position, 2);
  for (const double weight : {0.02, 0.2}) {
    data.groups.back().bound = -1.2;
    data.groups.back().bound_weight = weight;
    const ValleyFit fit = SearchValley(data, ValleyKind::kParabola, line, {}, StartAt(-1, -0.3));
    const double bounded = line.At(fit.at.position, 2);
    EXPECT_GT(bounded, before + 0.005);
    EXPECT_LT(bounded, -1.2);
    before = bounded;
  }
}

TEST(FindCurvatureSpread, SeesCurvaturesThatDiffer) {
  const auto spread = [](double factor) {
    ValleyData data = testing::Valleys(4, {std::log(0.1)}, 0.001);
    for (std::size_t g = 0; g < data.groups.size(); ++g) {
      const double own = g % 2 == 0 ? factor : 1 / factor;
      const double optimum = -1 - 0.3 * static_cast<double>(g);
      for (ValleyRun& run : data.groups[g].runs) {
        run.y += (own - 1) * 0.1 * std::pow(run.x - optimum, 2);
      }
    }
    const ValleyPlacement line = ValleyPlacement::Line(data, {0});
    const ValleyFit fit = SearchValley(data, ValleyKind::kParabola, line, {}, StartAt(-1, -0.3));
    return FindCurvatureSpread(data, ValleyKind::kParabola, line, fit);
  };
  EXPECT_GT(spread(1).deviance, -2.7);
  EXPECT_LT(spread(1.5).deviance, -10);
  // ln 1.5 is .41, on three degrees of freedom.
  EXPECT_NEAR(spread(1.5).sd, 0.45, 0.15);
}

}  // namespace
}  // namespace saelaw
