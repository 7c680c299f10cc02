#include "sae/model/objective.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/model/architecture.h"

namespace saelaw {
namespace {

// Each field from its own place: two of a kind that were swapped would train another loss.
TEST(MakeObjective, TakesEachFieldFromItsSpec) {
  SaeSpec sae;
  sae.pre_encoder_bias = false;
  sae.threshold_parametrisation = ThresholdParametrisation::kLog;
  sae.bandwidth = 0.25;
  TrainingSpec training;
  training.sparsity = SparsityRule::kTargetL0;
  training.target_l0 = 7;
  training.precision = Precision::kFp32;
  const SaeObjective objective = MakeObjective(sae, training);
  EXPECT_FALSE(objective.pre_encoder_bias);
  EXPECT_EQ(objective.parametrisation, ThresholdParametrisation::kLog);
  EXPECT_EQ(objective.bandwidth, 0.25);
  EXPECT_EQ(objective.sparsity, SparsityRule::kTargetL0);
  EXPECT_EQ(objective.target_l0, 7);
  EXPECT_EQ(objective.precision, Precision::kFp32);
  EXPECT_EQ(objective.architecture, &FindArchitecture(sae));
}

TEST(MakeAuxiliaryLoss, IsOffUnlessAsked) {
  TrainingSpec training;
  EXPECT_EQ(MakeAuxiliaryLoss(training).coefficient, 0);
  training.dead_latents = DeadLatents::kAuxK;
  training.auxk_latents = 7;
  EXPECT_EQ(MakeAuxiliaryLoss(training).coefficient, 1.0 / 32);
  EXPECT_EQ(MakeAuxiliaryLoss(training).latents, 7);
}

// Sums are of the batch, means of a token; the penalty's sum is that of coefficient 1.
TEST(MakeTerms, DividesByTokensAndScalesThePenaltyAlone) {
  const LossTerms terms = MakeTerms(at::tensor({40.0, 20.0, 60.0}, at::kDouble), 0.5, 10);
  EXPECT_EQ(terms.mse, 4);
  EXPECT_EQ(terms.penalty, 1);
  EXPECT_EQ(terms.l0, 6);
  EXPECT_EQ(terms.loss, 5);
}

TEST(MakeTerms, KeepsWhatIsNoNumber) {
  EXPECT_TRUE(std::isnan(MakeTerms(at::tensor({NAN, 0.0, 1.0}, at::kDouble), 1, 1).loss));
}

}  // namespace
}  // namespace saelaw
