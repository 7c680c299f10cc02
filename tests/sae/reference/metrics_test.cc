#include "sae/reference/metrics.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/model/initialise.h"
#include "sae/reference/evaluate.h"
#include "sae/reference/loss.h"
#include "sae/tune/accelerations.h"

namespace saelaw {
namespace {

at::Tensor Matrix(std::vector<double> values, std::int64_t columns) {
  return at::tensor(values, at::kDouble).reshape({-1, columns});
}

// Hand arithmetic: residuals 1 and 1, so mse = 1; means (1, 2), deviations 1, 1, 2, 2: variance 5.
TEST(FractionVarianceUnexplained, IsTakenAboutTheMeanPerDimension) {
  const at::Tensor x = Matrix({2, 0, 0, 4}, 2);
  const at::Tensor recons = Matrix({2, 1, 0, 3}, 2);
  const double fvu = FractionVarianceUnexplained(MeanSquaredError(x, recons), Variance(x));
  EXPECT_DOUBLE_EQ(1 - fvu, 0.8);
}

TEST(Variance, IsThatOfAllRowsHoweverManyAreTakenTogether) {
  at::manual_seed(1);
  const at::Tensor x = at::randn({3000, 3}, at::kDouble) + 5;
  const double direct = x.var(0, /*unbiased=*/false).sum().item<double>();
  EXPECT_NEAR(Variance(x), direct, 1e-12 * direct);
}

TEST(FractionVarianceUnexplained, IsOneForThePredictedMean) {
  const at::Tensor x = Matrix({1, 5, 2, -3, 6, 1}, 2);
  const at::Tensor mean = x.mean(0, true).expand_as(x);
  EXPECT_DOUBLE_EQ(FractionVarianceUnexplained(MeanSquaredError(x, mean), Variance(x)), 1);
}

TEST(MeanL0, CountsActiveLatentsPerToken) {
  EXPECT_DOUBLE_EQ(MeanL0(Matrix({0, 0.5, 3, 0, 0, 0.1}, 3)), 1.5);
}

TEST(DeadFraction, IsTheShareThatNeverFired) {
  EXPECT_DOUBLE_EQ(DeadFraction(at::tensor({0.0, 1.0, 7.0, 0.0})), 0.5);
}

TEST(DenseFraction, IsTheShareAboveATenthOfTheTokens) {
  EXPECT_DOUBLE_EQ(DenseFraction(at::tensor({0.0, 10.0, 11.0, 100.0}), 100), 0.5);
}

// numpy.quantile([0, 1, 2, 3, 4, 10], q) with its linear method.
TEST(ThresholdQuantiles, InterpolateLinearly) {
  const Quantiles q = ThresholdQuantiles(at::tensor({4.0, 0.0, 10.0, 2.0, 1.0, 3.0}));
  EXPECT_DOUBLE_EQ(q.q05, 0.25);
  EXPECT_DOUBLE_EQ(q.q25, 1.25);
  EXPECT_DOUBLE_EQ(q.q50, 2.5);
  EXPECT_DOUBLE_EQ(q.q75, 3.75);
  EXPECT_DOUBLE_EQ(q.q95, 8.5);
}

// 2,500 tokens take three chunks; the definitions are applied to all of them at once.
TEST(Evaluate, AgreesWithTheDefinitionsOverAllChunks) {
  SaeSpec spec;
  spec.d_sae = 24;
  spec.threshold_init = 0.6;
  const SaeParameters p = Initialise(8, spec, 1, at::kDouble, at::kCPU);
  const at::Tensor x = at::randn({2500, 8}, at::detail::createCPUGenerator(5), at::kDouble);
  SaeObjective objective;
  objective.sparsity = SparsityRule::kTargetL0;
  objective.target_l0 = 4;
  StepWorkspace workspace;
  SaeState state;
  state.parameters = p;
  const auto stepper = MakeStepper(kReferencePath, {objective, {}}, workspace, state);
  const HeldOutMeasurement got = Evaluate(*stepper, 0.1, HeldOutFrom(x, 1.0), 1000);
  const SaeForward forward = Forward(p, objective, x);
  const at::Tensor l0 = forward.latents.gt(0).sum(1).to(at::kDouble);
  const double penalty = 0.1 * (2.0 / 4) * (l0 - 4).square().mean().item<double>();
  const at::Tensor fired = forward.latents.gt(0).sum(0).to(at::kDouble);
  EXPECT_NEAR(got.evaluation.mse, MeanSquaredError(x, forward.recons), 1e-12);
  EXPECT_NEAR(got.evaluation.loss, got.evaluation.mse + penalty, 1e-12);
  EXPECT_NEAR(got.evaluation.fvu, got.evaluation.mse / Variance(x), 1e-12);
  EXPECT_NEAR(got.evaluation.l0, MeanL0(forward.latents), 1e-12);
  EXPECT_EQ(got.evaluation.dead_fraction, DeadFraction(fired));
  EXPECT_EQ(got.dense_fraction, DenseFraction(fired, 2500));
  EXPECT_GT(got.dense_fraction, 0);
}

// Of 10^6 tokens: never; once (10^-6, the first bin), 3 times (still it), 4 times (the next, from
// 10^-5.5 on); half of them; all of them.
TEST(FiringHistogram, CountsLatentsByHalfDecades) {
  const at::Tensor fired = at::tensor({0.0, 0.0, 1.0, 3.0, 4.0, 5e5, 1e6}, at::kDouble);
  const std::vector<std::int64_t> expected = {2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
  EXPECT_EQ(FiringHistogram(fired, 1'000'000), expected);
}

}  // namespace
}  // namespace saelaw
