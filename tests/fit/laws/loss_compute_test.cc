// Loss against compute, and what stands for compute where a table has none.
#include <gtest/gtest.h>

#include "fit/critic/answer_law.h"
#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

// Gao et al. 2024 (arXiv 2406.04093), section 3: L(C) = 0.09 + 0.056 C^-0.084, C in their unit.
TEST(LossComputeLaw, RecoversAPublishedLaw) {
  std::vector<Point> points;
  for (int i = 0; i < 12; ++i) {
    Point point;
    const double compute = std::pow(10, -4 + 0.5 * i);
    // The half of the rows that have no compute have what makes it.
    if (i % 2 == 0) point.compute = compute;
    if (i % 2 == 1) point.params = 1e3, point.tokens = compute / 6e3;
    point.loss = 0.09 + 0.056 * std::pow(compute, -0.084);
    points.push_back(point);
  }
  Point at;
  at.compute = 1e3;
  LawQuestion question{"loss-compute", points, {}, TableOptions(Estimator::kLeastSquaresLog), {at}};
  const LawAnswer answer = AnswerLaw(question);
  ASSERT_TRUE(answer.ok()) << testing::Why(answer.law);
  EXPECT_EQ(answer.law.n_points, 12);
  EXPECT_NEAR(answer.law.Get(Role::kFloor), 0.09, 1e-6);
  EXPECT_NEAR(answer.law.Get(Role::kCoef), 0.056, 1e-6);
  EXPECT_NEAR(answer.law.Get(Role::kExponent), 0.084, 1e-6);
  EXPECT_NEAR(answer.predictions[0].value, 0.09 + 0.056 * std::pow(1e3, -0.084), 1e-8);
  // Scales are those of compute.
  ASSERT_EQ(answer.criticism.held_out.size(), 12u);
  EXPECT_NEAR(answer.criticism.held_out.back().tokens, std::pow(10, 1.5), 1e-6);
}

}  // namespace
}  // namespace saelaw
