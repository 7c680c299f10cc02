#include "train/splice.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::int64_t kWidth = 4;
constexpr double kScale = 0.1;

// A model whose loss is 1 with its own vectors, and grows with the squared distance from them; it
// asks in two parts.
class QuadraticModel : public SplicedModel {
 public:
  double CrossEntropy(const Replacement& replacement) const override {
    double sum = 0;
    for (const at::Tensor& vectors : own_.split(1200)) {
      sum += (replacement(vectors) - vectors).square().sum().item<double>();
    }
    return 1 + sum / static_cast<double>(own_.numel());
  }

 private:
  at::Tensor own_ = at::arange(1, 2000 * kWidth + 1, at::kFloat).view({2000, kWidth}) / 1000;
};

// An SAE that reconstructs `factor` times its input, and checks that this is a scaled one.
SpliceMeter::Reconstruct Multiplying(double factor) {
  return [factor](const at::Tensor& x) {
    EXPECT_LE(x.max().item<double>(), kScale * 2 * kWidth + 1e-6);
    return x * factor;
  };
}

double ZeroLoss() {
  return QuadraticModel().CrossEntropy([](const at::Tensor& x) { return at::zeros_like(x); });
}

TEST(SpliceMeter, ExactReconstructionsCostNothing) {
  const QuadraticModel model;
  const SpliceLosses losses = SpliceMeter(&model, kScale).Measure(Multiplying(1));
  EXPECT_NEAR(losses.ce, 1, 1e-6);
  EXPECT_NEAR(losses.ce_delta, 0, 1e-6);
  EXPECT_NEAR(losses.ce_zero, ZeroLoss(), 1e-6);
  EXPECT_NEAR(losses.loss_recovered, 1, 1e-6);
}

TEST(SpliceMeter, ZerosRecoverNothingAndHalvesThreeQuarters) {
  const QuadraticModel model;
  SpliceMeter meter(&model, kScale);
  EXPECT_NEAR(meter.Measure(Multiplying(0)).loss_recovered, 0, 1e-6);
  const SpliceLosses half = meter.Measure(Multiplying(0.5));  // a quarter of the squares
  EXPECT_NEAR(half.loss_recovered, 0.75, 1e-6);
  EXPECT_NEAR(half.ce_delta, (ZeroLoss() - 1) / 4, 1e-5);
}

TEST(SpliceMeter, WithoutALanguageModelThereIsNothingToSay) {
  const SpliceLosses losses = SpliceMeter(nullptr, kScale).Measure(Multiplying(1));
  EXPECT_TRUE(std::isnan(losses.ce) && std::isnan(losses.ce_delta));
  EXPECT_TRUE(std::isnan(losses.ce_zero) && std::isnan(losses.loss_recovered));
}

}  // namespace
}  // namespace saelaw
