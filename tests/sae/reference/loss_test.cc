// The SAE against vectors from two independent sources, finite differences and hand arithmetic.
#include "sae/reference/loss.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/model/initialise.h"
#include "sae/reference/adam.h"
#include "sae/sae_case.h"
#include "sae/sae_tensors.h"

namespace saelaw {
namespace {

using testing::Json;
using testing::SaeCase;
using testing::TensorFrom;

Json Cases() {
  std::ifstream file(SAELAW_SOURCE_DIR "/tests/sae/data/sae_cases.json");
  return Json::parse(file).at("cases");
}

double LargestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

// Where a tensor is no gradient's, or of another architecture, nothing is expected of it.
void ExpectTensors(const SaeParameters& got, const Json& expected) {
  const auto tensors = TensorsOf(got);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!expected.contains(kSaeTensorNames[i])) continue;
    const at::Tensor wanted = TensorFrom(expected.at(kSaeTensorNames[i]));
    EXPECT_LT(LargestDifference(tensors[i], wanted), 1e-10) << kSaeTensorNames[i];
  }
}

// The parameters after one step of Adam with the case's constants, thresholds at the same rate.
SaeParameters Moved(const Json& json, const SaeCase& sae, const SaeStep& step) {
  const Json& adam = json.at("adam");
  const AdamSettings settings{adam.at("beta1"), adam.at("beta2"), adam.at("epsilon")};
  const double lr = adam.at("lr");
  SaeParameters moved = Mapped(sae.parameters, [](const at::Tensor& one) { return one.clone(); });
  AdamState state = NewAdamState(moved, settings);
  AdamUpdate(*sae.objective.architecture, settings, lr, lr, step.gradients, moved, state);
  return moved;
}

// Vectors of make_sae_vectors.py: plain Python and, for the raw cases, SAELens 6.54.12.
TEST(LossAndGradients, AgreeWithReferenceVectors) {
  for (const Json& json : Cases()) {
    SCOPED_TRACE(json.at("name").get<std::string>());
    const SaeCase sae = testing::SaeCaseFrom(json);
    const Json& expected = json.at("expected");
    const SaeStep step = testing::MakeStep(json, sae);
    const LossTerms terms = MakeTerms(step.sums.totals, sae.coefficient, sae.x.size(0));
    const double auxiliary = step.auxiliary.defined() ? step.auxiliary.item<double>() : 0;
    EXPECT_NEAR(auxiliary, expected.at("auxiliary").get<double>(), 1e-10);
    EXPECT_NEAR(terms.loss, expected.at("loss").get<double>(), 1e-10);
    EXPECT_NEAR(terms.mse, expected.at("mse").get<double>(), 1e-10);
    EXPECT_NEAR(terms.penalty, expected.at("penalty").get<double>(), 1e-10);
    EXPECT_NEAR(terms.l0, expected.at("l0").get<double>(), 1e-10);
    ExpectTensors(step.gradients, expected.at("gradients"));
    ExpectTensors(Moved(json, sae, step), expected.at("moved"));
  }
}

// Vectors of make_top_k_vectors.py: plain Python and SAELens 6.54.12. SAELens' running threshold is
// the average alone.
TEST(LossAndGradients, AgreeWithReferenceVectorsOfKeptLatents) {
  std::ifstream file(SAELAW_SOURCE_DIR "/tests/sae/data/top_k_cases.json");
  for (const Json& json : Json::parse(file).at("cases")) {
    SCOPED_TRACE(json.at("name").get<std::string>());
    const SaeCase sae = testing::SaeCaseFrom(json);
    const Json& expected = json.at("expected");
    const SaeStep step = LossAndGradients(
        sae.parameters, sae.objective, sae.coefficient, sae.x, sae.auxiliary, sae.dead);
    const LossTerms terms = MakeTerms(step.sums.totals, 0, sae.x.size(0));
    EXPECT_NEAR(terms.loss, expected.at("mse").get<double>(), 1e-10);
    EXPECT_NEAR(terms.l0, expected.at("l0").get<double>(), 1e-10);
    const double auxiliary = step.auxiliary.defined() ? step.auxiliary.item<double>() : 0;
    EXPECT_NEAR(auxiliary, expected.at("auxiliary").get<double>(), 1e-10);
    ExpectTensors(step.gradients, expected.at("gradients"));
    SaeParameters moved = Moved(json, sae, step);
    ExpectTensors(moved, expected.at("moved"));
    EXPECT_EQ(step.seen.defined(), expected.contains("running_threshold"));
    if (!step.seen.defined()) continue;
    sae.objective.architecture->TakeIn(step.seen, moved);
    EXPECT_NEAR(moved.running_threshold[0].item<double>(),
                expected.at("running_threshold").get<double>(),
                1e-12);
  }
}

double LossAt(const SaeCase& sae) {
  const BatchSums sums = MeasureForward(sae.parameters, sae.objective, sae.x, {});
  return MakeTerms(sums.totals, sae.coefficient, sae.x.size(0)).loss;
}

// Where no pre-activation crosses its threshold the loss is smooth in all but the thresholds; by
// W_dec too with tanh, which takes its rows' norms for 1.
void ExpectFiniteDifferences(const Json& json) {
  const SaeCase sae = testing::SaeCaseFrom(json);
  const auto gradients =
      TensorsOf(LossAndGradients(sae.parameters, sae.objective, sae.coefficient, sae.x).gradients);
  const auto parameters = TensorsOf(sae.parameters);
  constexpr double kStep = 1e-6;
  for (std::size_t i = 0; i < 4; ++i) {
    double* values = parameters[i].mutable_data_ptr<double>();
    const at::Tensor in_order = gradients[i].contiguous();
    const double* gradient = in_order.const_data_ptr<double>();
    for (std::int64_t k = 0; k < parameters[i].numel(); ++k) {
      const double kept = values[k];
      values[k] = kept + kStep;
      const double above = LossAt(sae);
      values[k] = kept - kStep;
      const double below = LossAt(sae);
      values[k] = kept;
      EXPECT_NEAR(gradient[k], (above - below) / (2 * kStep), 1e-6) << kSaeTensorNames[i];
    }
  }
}
TEST(LossAndGradients, AgreeWithFiniteDifferences) {
  const Json cases = Cases();
  for (const char* name : {"pre_encoder_bias", "tanh"}) {
    const auto found = std::find_if(
        cases.begin(), cases.end(), [&](const Json& json) { return json.at("name") == name; });
    ASSERT_NE(found, cases.end()) << name;
    ExpectFiniteDifferences(*found);
  }
}

// One token, one input dimension, one latent: pre = x, recons = latent, W = 1, no biases.
SaeCase Scalar(double pre, double theta, double bandwidth) {
  SaeCase sae;
  const auto one = [] { return at::ones({1, 1}, at::kDouble); };
  const auto zero = [] { return at::zeros({1}, at::kDouble); };
  sae.parameters = {one(), zero(), one() * 2, zero(), at::full({1}, theta, at::kDouble)};
  sae.objective.bandwidth = bandwidth;
  sae.coefficient = 0.25;
  sae.x = at::full({1, 1}, pre, at::kDouble);
  return sae;
}

double ThresholdGradientOf(const SaeCase& sae) {
  return LossAndGradients(sae.parameters, sae.objective, sae.coefficient, sae.x)
      .gradients.threshold.item<double>();
}

// With W_dec = 2: recons = 2·latent, d_latent = 2·(recons - x)·2.
TEST(ThresholdGradient, AtTheThresholdTheLatentIsSilentAndTheWindowOpen) {
  const SaeCase sae = Scalar(0.5, 0.5, 0.25);
  EXPECT_EQ(Forward(sae.parameters, sae.objective, sae.x).latents.item<double>(), 0);
  const double d_latent = 2 * (0 - 0.5) * 2;
  EXPECT_DOUBLE_EQ(ThresholdGradientOf(sae), -(0.5 * d_latent + 0.25) / 0.25);
}

TEST(ThresholdGradient, WindowEndsBeforeHalfTheBandwidthOnBothSides) {
  EXPECT_EQ(ThresholdGradientOf(Scalar(0.625, 0.5, 0.25)), 0);
  EXPECT_EQ(ThresholdGradientOf(Scalar(0.375, 0.5, 0.25)), 0);
  EXPECT_NE(ThresholdGradientOf(Scalar(0.6249, 0.5, 0.25)), 0);
  EXPECT_NE(ThresholdGradientOf(Scalar(0.3751, 0.5, 0.25)), 0);
}

// Below θ both estimators apply too, and with θ < ε/2 also at negative
// pre-activations.
TEST(ThresholdGradient, CoversNegativePreActsWhenTheThresholdIsBelowHalfTheBandwidth) {
  const double d_latent = 2 * (0 + 0.02) * 2;
  EXPECT_NEAR(
      ThresholdGradientOf(Scalar(-0.02, 0.1, 0.25)), -(0.1 * d_latent + 0.25) / 0.25, 1e-15);
}

// Both jumps depend on pre - θ alone: b_enc gets what θ gets, with the other sign, and the slope of
// the activation besides. Here pre lies below θ, where only the window's part is left.
TEST(InputGradients, AreThoseOfTheThresholdWithTheOtherSign) {
  SaeCase sae = Scalar(0.45, 0.5, 0.25);
  const auto bias_gradient = [&] {
    return LossAndGradients(sae.parameters, sae.objective, sae.coefficient, sae.x)
        .gradients.b_enc.item<double>();
  };
  EXPECT_EQ(bias_gradient(), 0);
  sae.objective.input_gradients = true;
  EXPECT_NE(bias_gradient(), 0);
  EXPECT_DOUBLE_EQ(bias_gradient(), -ThresholdGradientOf(sae));
}

TEST(Forward, LetsNaNThrough) {
  SaeCase sae = Scalar(0.5, 0.1, 0.25);
  sae.parameters.w_enc.fill_(std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(std::isnan(LossAt(sae)));
}

// bf16 has 8 significant bits: a product's relative error is a few times 2^-9.
TEST(LossAndGradients, Bf16StaysCloseToFp32) {
  SaeSpec spec;
  spec.d_sae = 64;
  const SaeParameters parameters = Initialise(32, spec, 1, at::kFloat, at::kCPU);
  const at::Tensor x = at::randn({128, 32}, at::detail::createCPUGenerator(2), at::kFloat);
  SaeObjective objective;
  const SaeStep exact = LossAndGradients(parameters, objective, 1e-3, x);
  objective.precision = Precision::kBf16;
  const SaeStep rounded = LossAndGradients(parameters, objective, 1e-3, x);
  EXPECT_EQ(rounded.gradients.w_enc.scalar_type(), at::kFloat);
  const double loss = MakeTerms(exact.sums.totals, 1e-3, 128).loss;
  EXPECT_NEAR(MakeTerms(rounded.sums.totals, 1e-3, 128).loss, loss, 0.02 * loss);
  const auto wanted = TensorsOf(exact.gradients);
  const auto got = TensorsOf(rounded.gradients);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_LT((got[i] - wanted[i]).norm().item<double>(), 0.03 * wanted[i].norm().item<double>());
    EXPECT_GT((got[i] - wanted[i]).norm().item<double>(), 0) << kSaeTensorNames[i];
  }
}

}  // namespace
}  // namespace saelaw
