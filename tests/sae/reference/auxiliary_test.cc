// Beside the vectors of make_top_k_vectors.py, which loss_test.cc holds the loss to.
#include "sae/reference/auxiliary.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/drawn_parameters.h"
#include "sae/model/top_k.h"
#include "sae/reference/loss.h"
#include "sae/sae_tensors.h"

namespace saelaw {
namespace {

constexpr std::int64_t kDIn = 6, kDSae = 10;

class Auxiliary : public ::testing::Test {
 protected:
  Auxiliary() {
    parameters_.threshold.reset();
    objective_.architecture = &TopK();
    objective_.k = 3;
    objective_.precision = Precision::kFp32;
  }
  SaeStep Step(const at::Tensor& dead) const {
    return LossAndGradients(parameters_, objective_, 0, x_, {0.5, 2}, dead);
  }

  SaeParameters parameters_ = DrawnParameters(kDIn, kDSae, ThresholdParametrisation::kRaw);
  SaeObjective objective_;
  at::Tensor x_ = Drawn({7, kDIn}, 6);
};

TEST_F(Auxiliary, IsNothingWhereNoLatentIsDead) {
  const SaeStep step = Step(at::zeros({kDSae}, at::kBool));
  EXPECT_FALSE(step.auxiliary.defined());
  const SaeStep plain = Step({});
  EXPECT_TRUE(at::equal(step.gradients.w_enc, plain.gradients.w_enc));
}

// The residual is a constant of it, so that only what the dead latents do has a derivative: with
// latents that TopK does not keep, the rest of the SAE stands still.
TEST_F(Auxiliary, AgreesWithFiniteDifferences) {
  at::Tensor dead = at::zeros({kDSae}, at::kBool);
  for (const std::int64_t latent : {1, 4, 8}) dead[latent] = true;
  // Far below all others: never kept.
  parameters_.b_enc.masked_fill_(dead, -30);
  const SaeStep with = Step(dead), without = Step({});
  ASSERT_TRUE(with.auxiliary.defined());
  constexpr double kStep = 1e-6;
  for (const std::int64_t latent : {1, 4, 8}) {
    double& bias = parameters_.b_enc.mutable_data_ptr<double>()[latent];
    const double kept = bias;
    bias = kept + kStep;
    const double above = Step(dead).auxiliary.item<double>();
    bias = kept - kStep;
    const double below = Step(dead).auxiliary.item<double>();
    bias = kept;
    const double slope = (with.gradients.b_enc - without.gradients.b_enc)[latent].item<double>();
    EXPECT_NEAR(slope, (above - below) / (2 * kStep), 1e-5 * std::abs(slope) + 1e-6);
  }
}

// What is reported is the objective alone, so that runs with and without it compare.
TEST_F(Auxiliary, IsNoPartOfWhatIsReported) {
  const SaeStep with = Step(at::ones({kDSae}, at::kBool));
  EXPECT_GT(with.auxiliary.item<double>(), 0);
  EXPECT_TRUE(at::equal(with.sums.totals, Step({}).sums.totals));
}

}  // namespace
}  // namespace saelaw
