#include "train/splice.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::int64_t kWidth = 4;
constexpr double kScale = 0.1;

// A model whose loss is 1 with its own vectors, and grows with the squared distance from them; its
// documents are of 1200 and of 800 tokens.
class QuadraticModel : public SplicedModel {
 public:
  double UniformCrossEntropy() const override { return 10; }
  std::vector<SplicedDocument> CrossEntropies(const Replacement& replacement) const override {
    std::vector<SplicedDocument> documents;
    for (const at::Tensor& vectors : own_.split(1200)) {
      const double sum = (replacement(vectors) - vectors).square().sum().item<double>();
      documents.push_back({static_cast<double>(vectors.size(0)) + sum / kWidth, vectors.size(0)});
    }
    return documents;
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

std::vector<SplicedDocument> Zeros() {
  return QuadraticModel().CrossEntropies([](const at::Tensor& x) { return at::zeros_like(x); });
}

double ZeroLoss() {
  const std::vector<SplicedDocument> zeros = Zeros();
  return (zeros[0].sum + zeros[1].sum) / 2000;
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

// Of two documents: half the distance between the two, √(1/2·Σ(t_i - mean)²) with t_i that of the
// other one alone. What is recovered is the same share of both, however much they lose.
TEST(SpliceMeter, ErrorsAreThoseOfLeavingDocumentsOut) {
  const QuadraticModel model;
  SpliceMeter meter(&model, kScale);
  const SpliceLosses half = meter.Measure(Multiplying(0.5));
  const std::vector<SplicedDocument> zeros = Zeros();
  const double apart = std::abs(zeros[0].sum / 1200 - zeros[1].sum / 800);
  EXPECT_GT(apart, 1);
  EXPECT_NEAR(half.ce_zero_se, apart / 2, 1e-5);
  EXPECT_NEAR(half.ce_se, apart / 8, 1e-5);
  EXPECT_NEAR(half.ce_delta_se, apart / 8, 1e-5);
  EXPECT_NEAR(half.loss_recovered_se, 0, 1e-6);
  EXPECT_EQ(half.documents, 2);
  EXPECT_EQ(half.tokens, 2000);
}

TEST(SpliceMeter, WithoutALanguageModelThereIsNothingToSay) {
  const SpliceLosses losses = SpliceMeter(nullptr, kScale).Measure(Multiplying(1));
  EXPECT_TRUE(std::isnan(losses.ce) && std::isnan(losses.ce_delta));
  EXPECT_TRUE(std::isnan(losses.ce_zero) && std::isnan(losses.loss_recovered));
}

}  // namespace
}  // namespace saelaw
