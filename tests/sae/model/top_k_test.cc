#include "sae/model/top_k.h"

#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/model/initialise.h"

namespace saelaw {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

SaeObjective Keeps(const Architecture& architecture, double k) {
  SaeObjective objective;
  objective.architecture = &architecture;
  objective.k = k;
  return objective;
}

at::Tensor Rows(const std::vector<double>& values, std::int64_t tokens) {
  return at::tensor(values, at::kDouble).reshape({tokens, -1});
}

const at::Tensor kPreActs = Rows({3, 1, -2, 2, 9, 8, 7, -1}, 2);

TEST(TopK, KeepsTheLargestPositiveOfEachToken) {
  const auto kept = [](double k) {
    return TopK().Activate({}, Keeps(TopK(), k), kPreActs)->latents();
  };
  EXPECT_TRUE(at::equal(kept(2), Rows({3, 0, 0, 2, 9, 8, 0, 0}, 2)));
  EXPECT_TRUE(at::equal(kept(4), Rows({3, 1, 0, 2, 9, 8, 7, 0}, 2)));
}

// A batch's four largest are not two of each token.
TEST(BatchTopK, KeepsTheLargestOfTheBatch) {
  const auto activation = BatchTopK().Activate({}, Keeps(BatchTopK(), 2), kPreActs);
  EXPECT_TRUE(at::equal(activation->latents(), Rows({3, 0, 0, 0, 9, 8, 7, 0}, 2)));
  EXPECT_EQ(activation->Seen().item<double>(), 3);
  EXPECT_FALSE(TopK().Activate({}, Keeps(TopK(), 2), kPreActs)->Seen().defined());
}

TEST(KeptInBatch, IsRoundedDownAndOneAtLeast) {
  EXPECT_EQ(KeptInBatch(2.5, 3), 7);
  EXPECT_EQ(KeptInBatch(0.1, 3), 1);
}

TEST(TopK, HasNoPenaltyAndPassesTheErrorToWhatIsKept) {
  const auto activation = TopK().Activate({}, Keeps(TopK(), 2), kPreActs);
  EXPECT_EQ(activation->Penalty(at::ones({2}, at::kDouble)).item<double>(), 0);
  const at::Tensor d_latents = at::full({2, 4}, 0.5, at::kDouble);
  SaeGradients gradients;
  const at::Tensor d_pre = activation->Backward({d_latents, {}, {}, 0}, gradients);
  EXPECT_TRUE(at::equal(d_pre, Rows({0.5, 0, 0, 0.5, 0.5, 0.5, 0, 0}, 2)));
}

// A run that has diverged must not look like one whose latents are silent.
TEST(TopK, LetsNaNThrough) {
  for (const Architecture* architecture : {&TopK(), &BatchTopK()}) {
    const at::Tensor pre_acts = Rows({kNaN, 1, 2, 3, kNaN, kNaN, kNaN, 4}, 2);
    const at::Tensor latents =
        architecture->Activate({}, Keeps(*architecture, 1), pre_acts)->latents();
    EXPECT_EQ(latents.isnan().sum().item<std::int64_t>(), 4) << architecture->name();
  }
}

SaeSpec SpecOf(SaeArchitecture architecture) {
  SaeSpec spec;
  spec.d_sae = 6;
  spec.architecture = architecture;
  spec.k = 2;
  return spec;
}

// After n batches SAELens' average, which begins at 0, is too small by 1 - 0.99^n; the weight that
// is kept beside it is just that.
TEST(BatchTopK, AveragesTheSmallestThatWasActive) {
  SaeParameters parameters =
      Initialise(4, SpecOf(SaeArchitecture::kBatchTopK), 1, at::kDouble, at::kCPU);
  EXPECT_EQ(RunningThreshold(parameters).item<double>(), 0);
  const auto see = [&](double least) {
    BatchTopK().TakeIn(at::scalar_tensor(least, at::kDouble), parameters);
  };
  see(2);
  EXPECT_DOUBLE_EQ(RunningThreshold(parameters).item<double>(), 2);
  see(4);
  const double average = 0.99 * (0.01 * 2) + 0.01 * 4;
  EXPECT_DOUBLE_EQ(parameters.running_threshold[0].item<double>(), average);
  EXPECT_DOUBLE_EQ(RunningThreshold(parameters).item<double>(), average / (0.99 * 0.01 + 0.01));
  see(std::numeric_limits<double>::infinity());  // nothing was active
  EXPECT_DOUBLE_EQ(parameters.running_threshold[0].item<double>(), average);
}

TEST(BatchTopK, DecidesAloneByItsThresholdAndIsGivenAwayWithIt) {
  const SaeSpec spec = SpecOf(SaeArchitecture::kBatchTopK);
  SaeParameters parameters = Initialise(4, spec, 1, at::kDouble, at::kCPU);
  BatchTopK().TakeIn(at::scalar_tensor(2.0, at::kDouble), parameters);
  const auto alone = BatchTopK().ActivateAlone(parameters, Keeps(BatchTopK(), 1), kPreActs);
  EXPECT_TRUE(at::equal(alone->latents(), Rows({3, 0, 0, 0, 9, 8, 7, 0}, 2)));
  const SaeTensor& threshold = BatchTopK().tensors().back();
  EXPECT_STREQ(threshold.exported, "threshold");
  const at::Tensor exported = BatchTopK().Exported(threshold, spec, parameters);
  EXPECT_TRUE(at::equal(exported, at::full({6}, 2.0, at::kDouble)));
}

TEST(TopK, HasNoThreshold) {
  const SaeSpec spec = SpecOf(SaeArchitecture::kTopK);
  const SaeParameters parameters = Initialise(4, spec, 1, at::kDouble, at::kCPU);
  EXPECT_FALSE(TopK().Thresholds(spec, parameters).defined());
  EXPECT_EQ(TopK().tensors().size(), 4U);
}

}  // namespace
}  // namespace saelaw
