#include "fit/rates/valley_candidates.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/rates/valley_testing.h"

namespace saelaw {
namespace {

std::vector<ValleyCandidate> Fitted(const ValleyData& data) {
  std::vector<ValleyCandidate> candidates = FitShapes(data, StartOfValleys(data));
  Weigh(data, &ValleyCandidate::free, candidates);
  return candidates;
}

// Which shape made the valleys is found, and weights add up to 1.
TEST(FitShapes, FindsTheShapeThatIsThere) {
  const std::vector<std::pair<ValleyShape, ValleyKind>> made = {
      {{std::log(0.1)}, ValleyKind::kParabola},
      {{std::log(0.15), 1}, ValleyKind::kSkewed},
      {{std::log(0.1), 0, std::log(2)}, ValleyKind::kPower},
      {{std::log(0.3), 0, 0, 0.5}, ValleyKind::kPlateau}};
  for (const auto& [shape, kind] : made) {
    const auto candidates = Fitted(testing::Valleys(5, shape, 0.0005));
    EXPECT_EQ(candidates.front().kind, kind) << Name(kind);
    double sum = 0;
    for (const ValleyCandidate& one : candidates) sum += one.weight;
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

// The priors are weighed against the noise about the shape itself, not about the parabolas.
TEST(FitShapes, PriorsDoNotPullAWellMeasuredShape) {
  const ValleyShape skewed{std::log(0.15), 1};
  const auto candidates = Fitted(testing::Valleys(5, skewed, 0.0005));
  ASSERT_EQ(candidates.front().kind, ValleyKind::kSkewed);
  EXPECT_NEAR(candidates.front().free.at.shape.skew, 1, 0.02);
  EXPECT_LT(candidates.front().priors.noise, 0.001);
}

// Whether the loss or its logarithm rises by a shape is told apart where it rises far.
TEST(FitShapes, TellsARiseOfTheLossFromOneOfItsLogarithm) {
  for (const bool relative : {false, true}) {
    ValleyShape shape{std::log(0.3)};
    shape.relative = relative;
    const auto candidates = Fitted(testing::Valleys(5, shape, 0.0005));
    EXPECT_EQ(candidates.front().kind, ValleyKind::kParabola);
    EXPECT_EQ(candidates.front().relative, relative);
  }
}

// Three rates a size leave the other shapes hardly anything to be judged by.
TEST(FitShapes, LeavesAParabolaWhereRatesAreFew) {
  ValleyData data = testing::Valleys(3, {std::log(0.1)}, 0.001);
  for (ValleyGroup& group : data.groups) group.runs = {group.runs[1], group.runs[2], group.runs[3]};
  const auto candidates = Fitted(data);
  for (const ValleyCandidate& one : candidates) EXPECT_EQ(one.kind, ValleyKind::kParabola);
  EXPECT_NEAR(CountFreedom(data, candidates.front().free), 2, 0.1);
}

}  // namespace
}  // namespace saelaw
