#include "train/splice.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::int64_t kWidth = 4;
constexpr double kScale = 0.1;

// A model whose loss is 1 with its own vectors, and grows with the squared distance from them.
class QuadraticModel : public SplicedModel {
 public:
  at::Tensor Vectors() const override {
    return at::arange(1, 2000 * kWidth + 1, at::kFloat).view({2000, kWidth}) / 1000;
  }
  double CrossEntropy(const at::Tensor& vectors) const override {
    return 1 + (vectors - Vectors()).square().mean().item<double>();
  }
};

class FakeSource : public ActivationSource {
 public:
  explicit FakeSource(const SplicedModel* model) : model_(model) {}
  std::int64_t d_in() const override { return kWidth; }
  std::int64_t training_tokens() const override { return -1; }
  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t, std::int64_t, std::int64_t) override {
    return nullptr;
  }
  const at::Tensor& HeldOut() override { return held_out_; }
  const SplicedModel* Spliced() override { return model_; }

 private:
  const SplicedModel* model_;
  at::Tensor held_out_;
};

// Reconstructs `factor` times its (positive) input: one latent for each component.
SaeParameters Multiplying(double factor) {
  const at::Tensor eye = at::eye(kWidth);
  return {eye, at::zeros({kWidth}), eye * factor, at::zeros({kWidth}), at::full({kWidth}, 1e-6)};
}

double ZeroLoss() {
  const QuadraticModel model;
  return model.CrossEntropy(at::zeros_like(model.Vectors()));
}

TEST(SpliceMeter, ExactReconstructionsCostNothing) {
  const QuadraticModel model;
  FakeSource source(&model);
  const SpliceLosses losses = SpliceMeter(source, kScale).Measure(Multiplying(1), {});
  EXPECT_NEAR(losses.ce, 1, 1e-6);
  EXPECT_NEAR(losses.ce_delta, 0, 1e-6);
  EXPECT_NEAR(losses.ce_zero, ZeroLoss(), 1e-6);
  EXPECT_NEAR(losses.loss_recovered, 1, 1e-6);
}

TEST(SpliceMeter, ZerosRecoverNothingAndHalvesThreeQuarters) {
  const QuadraticModel model;
  FakeSource source(&model);
  SpliceMeter meter(source, kScale);
  EXPECT_NEAR(meter.Measure(Multiplying(0), {}).loss_recovered, 0, 1e-6);
  const SpliceLosses half = meter.Measure(Multiplying(0.5), {});  // a quarter of the squares
  EXPECT_NEAR(half.loss_recovered, 0.75, 1e-6);
  EXPECT_NEAR(half.ce_delta, (ZeroLoss() - 1) / 4, 1e-5);
}

TEST(SpliceMeter, WithoutALanguageModelThereIsNothingToSay) {
  FakeSource source(nullptr);
  const SpliceLosses losses = SpliceMeter(source, kScale).Measure(Multiplying(1), {});
  EXPECT_TRUE(std::isnan(losses.ce) && std::isnan(losses.ce_delta));
  EXPECT_TRUE(std::isnan(losses.ce_zero) && std::isnan(losses.loss_recovered));
}

}  // namespace
}  // namespace saelaw
