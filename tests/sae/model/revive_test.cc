#include "sae/model/revive.h"

#include <cmath>
#include <limits>
#include <set>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/drawn_parameters.h"
#include "sae/reference/loss.h"

namespace saelaw {
namespace {

// Of errors 1 and 2 the second comes first in 4 of 5 draws: 3,200 of 4,000, sd 25.
TEST(DrawTokens, GoesByTheSquareOfTheError) {
  int second_first = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    second_first += DrawTokens({1, 2}, 1, seed).front() == 1 ? 1 : 0;
  }
  EXPECT_NEAR(second_first, 3200, 100);
}

TEST(DrawTokens, TakesEachTokenOnceAndNoneWithoutError) {
  const std::vector<double> errors = {1, 0, 3, 2, 5};
  const std::vector<std::int64_t> drawn = DrawTokens(errors, 3, 7);
  EXPECT_EQ(std::set<std::int64_t>(drawn.begin(), drawn.end()).size(), 3U);
  EXPECT_EQ(drawn, DrawTokens(errors, 3, 7));
  const std::vector<std::int64_t> all = DrawTokens(errors, 9, 7);
  EXPECT_EQ(std::set<std::int64_t>(all.begin(), all.end()), (std::set<std::int64_t>{0, 2, 3, 4}));
  EXPECT_TRUE(DrawTokens({1, std::numeric_limits<double>::quiet_NaN()}, 1, 7).empty());
}

constexpr std::int64_t kDIn = 6, kDSae = 10, kTokens = 4;

class Revival : public ::testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  void SetUp() override {
    spec_.d_sae = kDSae;
    spec_.pre_encoder_bias = std::get<0>(GetParam());
    spec_.threshold_parametrisation =
        std::get<1>(GetParam()) ? ThresholdParametrisation::kLog : ThresholdParametrisation::kRaw;
    objective_ = MakeObjective(spec_, {});
    objective_.precision = Precision::kFp32;
    state_.parameters = DrawnParameters(kDIn, kDSae, spec_.threshold_parametrisation);
    state_.adam = NewAdamState(state_.parameters, {0.9, 0.999, 1e-8});
    state_.adam.updates = 40;
    state_.adam.row_updates = at::full({kDSae}, 30, at::kInt);
    state_.adam.first.w_enc.fill_(3);
    state_.adam.second.w_dec.copy_(at::arange(kDSae, at::kDouble).unsqueeze(1));
    batch_.x = Drawn({kTokens, kDIn}, 3);
    batch_.recons = batch_.x.clone();
    batch_.recons[2].add_(1);  // the one token with an error
    batch_.dead = at::zeros({kDSae}, at::kBool);
    batch_.dead[4].fill_(true);
    batch_.dead[7].fill_(true);
  }

  SaeSpec spec_;
  SaeObjective objective_;
  SaeState state_;
  ReviveBatch batch_;
};

TEST_P(Revival, BeginAtABadlyReconstructedToken) {
  const at::Tensor others_enc = state_.parameters.w_enc.t().clone();
  const at::Tensor revived = saelaw::ReviveLatents(spec_, batch_, 5, state_);
  ASSERT_EQ(revived.numel(), 1);  // as only one token has an error
  EXPECT_EQ(revived.item<std::int64_t>(), 4);
  // Its row points at the token from b_dec, and its pre-activation there is a fifth of the others'
  // mean norm times the distance, twice the threshold.
  const SaeParameters& own = state_.parameters;
  const at::Tensor d = batch_.x[2] - own.b_dec;
  EXPECT_LT((own.w_dec[4] - d / d.norm()).abs().max().item<double>(), 1e-12);
  const at::Tensor norms = at::linalg_vector_norm(others_enc, 2, {1});
  const double mean = ((norms.sum() - norms[4] - norms[7]) / (kDSae - 2)).item<double>();
  const at::Tensor pre = Forward(own, objective_, batch_.x).pre_acts[2][4];
  EXPECT_NEAR(pre.item<double>(), 0.2 * mean * d.norm().item<double>(), 1e-12);
  const at::Tensor theta = ComputeThreshold(own, spec_.threshold_parametrisation);
  EXPECT_NEAR(theta[4].item<double>(), pre.item<double>() / 2, 1e-12);
  // The others are what they were.
  const at::Tensor left = own.w_enc.t().index_select(0, at::tensor({0, 7, 9}));
  EXPECT_TRUE(at::equal(left, others_enc.index_select(0, at::tensor({0, 7, 9}))));
}

TEST_P(Revival, TakeTheMeanSecondMomentOfTheLiving) {
  saelaw::ReviveLatents(spec_, batch_, 5, state_);
  const AdamState& adam = state_.adam;
  EXPECT_EQ(adam.first.w_enc.t()[4].abs().max().item<double>(), 0);
  EXPECT_EQ(adam.first.w_enc.t()[3].min().item<double>(), 3);
  EXPECT_DOUBLE_EQ(adam.second.w_dec[4][0].item<double>(), (45.0 - 4 - 7) / 8);
  EXPECT_EQ(adam.second.w_dec[7][0].item<double>(), 7);
  EXPECT_EQ(adam.row_updates[4].item<int>(), 40);
  EXPECT_EQ(adam.row_updates[7].item<int>(), 30);
}

INSTANTIATE_TEST_SUITE_P(BiasAndLog,
                         Revival,
                         ::testing::Combine(::testing::Bool(), ::testing::Bool()));

// Latents that compete for being among the largest begin as strong as the others are.
TEST(RevivalOfTopK, BeginStrongWhereTheLargestWin) {
  SaeSpec spec;
  spec.d_sae = kDSae;
  spec.architecture = SaeArchitecture::kTopK;
  spec.k = 2;
  SaeState state;
  state.parameters = DrawnParameters(kDIn, kDSae, ThresholdParametrisation::kRaw);
  state.parameters.threshold.reset();
  state.adam = NewAdamState(state.parameters, {});
  const at::Tensor x = Drawn({kTokens, kDIn}, 3);
  const at::Tensor dead = at::arange(kDSae).eq(1);
  saelaw::ReviveLatents(spec, {x, x + 1, dead}, 5, state);
  const at::Tensor norms = at::linalg_vector_norm(state.parameters.w_enc.t(), 2, {1});
  const double others = ((norms.sum() - norms[1]) / (kDSae - 1)).item<double>();
  EXPECT_NEAR(norms[1].item<double>(), others, 1e-12);
}

}  // namespace
}  // namespace saelaw
