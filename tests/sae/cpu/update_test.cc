#include "sae/cpu/update.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

CpuStep StepAt(std::int64_t updates) {
  CpuStep step;
  step.beta2 = 0.5;
  step.updates = updates;
  step.bandwidth = 0.1F;
  step.lowest_threshold = 0.05F;
  step.threshold_rate = 0.01F;
  step.weights = {1, 0.5F, 1, 0.1F, 0};
  return step;
}

// A latent that was last updated at 3 makes up for the decays of 4, 5 and 6.
TEST(AdamFor, DecaysOnceForEachUpdateSince) {
  EXPECT_EQ(AdamFor(StepAt(6), 5).carry, 0.5F);
  EXPECT_EQ(AdamFor(StepAt(6), 3).carry, 0.125F);
  CpuStep slow = StepAt(100'001);
  slow.beta2 = 0.999;
  EXPECT_FLOAT_EQ(AdamFor(slow, 1).carry, static_cast<float>(std::pow(0.999, 100'000)));
}

struct Latent {
  float bias = 1, bias_second = 0, threshold = 0.06F, threshold_second = 0, theta = 0.06F;

  void Update(const CpuStep& step, const RowGradients& gradients) {
    CpuModel<float> model;
    model.b_enc = {&bias, &bias_second};
    model.threshold = {&threshold, &threshold_second};
    model.theta = &theta;
    UpdateScalars(step, AdamFor(step, 0), gradients, model, 0);
  }
};

// With no moments yet v = g²/2, and a step is rate·√2 against the gradient's sign, at the
// threshold's own rate for it: -window/bandwidth is its gradient.
TEST(UpdateScalars, MovesBiasAndThresholdEachAtItsRate) {
  Latent latent;
  latent.Update(StepAt(1), {2, -3, 0});
  EXPECT_FLOAT_EQ(latent.bias, 1 - 0.1F * std::sqrt(2.0F));
  EXPECT_FLOAT_EQ(latent.bias_second, 2);
  EXPECT_FLOAT_EQ(latent.threshold_second, 450);  // (3/0.1)²/2
  EXPECT_FLOAT_EQ(latent.threshold, 0.05F);       // would be 0.0459: held at half the bandwidth
}

TEST(UpdateScalars, HoldsNoThresholdInLogarithms) {
  CpuStep step = StepAt(1);
  step.log_threshold = true;
  Latent latent;
  latent.theta = 2;
  latent.Update(step, {0, -3, 0});
  EXPECT_FLOAT_EQ(latent.threshold, 0.06F - 0.01F * std::sqrt(2.0F));
  EXPECT_FLOAT_EQ(latent.threshold_second, 1800);  // dθ/d(ln θ) is θ: (60)²/2
}

// A run that has diverged must stay visible: a bound that made a number of it would hide it.
TEST(UpdateScalars, KeepsWhatIsNoNumber) {
  Latent latent;
  latent.Update(StepAt(1), {0, std::nanf(""), 0});
  EXPECT_TRUE(std::isnan(latent.threshold));
}

// Σ errors less Σ db_enc·W_enc, each in parts; two parts and one here, of two dimensions.
TEST(UpdateDecoderBias, AddsThePartsOfBothGradients) {
  float bias[2] = {0, 0}, second[2] = {0, 0};
  CpuModel<float> model;
  model.d_in = 2;
  model.b_dec = {bias, second};
  const float errors[4] = {1, 2, 3, 4};
  const float encoder[2] = {2, 10};
  UpdateDecoderBias(StepAt(1), errors, 2, encoder, 1, model);
  EXPECT_FLOAT_EQ(second[0], 2);  // (1 + 3 - 2)²/2
  EXPECT_FLOAT_EQ(second[1], 8);  // (2 + 4 - 10)²/2
  EXPECT_LT(bias[0], 0);
  EXPECT_GT(bias[1], 0);
}

}  // namespace
}  // namespace saelaw
