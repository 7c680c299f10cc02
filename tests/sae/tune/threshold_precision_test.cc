// Pre-activations that lie closer together than bf16's numbers do: with operands in bf16 every path
// must still tell which of them pass a threshold, and which lie in its window.
#include <cmath>
#include <string>
#include <tuple>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include "sae/model/stepper.h"
#include "sae/tune/accelerations.h"

namespace saelaw {
namespace {

// Above 1, bf16's numbers are 32 such units apart.
constexpr double kUnit = 1.0 / 4096;
// No vector's width divides the tokens.
constexpr std::int64_t kDIn = 40, kDSae = 45, kTokens = 53;
// Latents so near the first and the last pre-activation that their windows are not full.
constexpr std::int64_t kEdge = 3;

StepSettings MakeSettings(Precision precision) {
  StepSettings settings;
  settings.objective.bandwidth = 4.1 * kUnit;  // the default's 0.001
  settings.objective.precision = precision;
  return settings;
}

// pre_acts[t][j] = 1 + t units + b_enc[j], and exactly so, as each product is of few bits; θ[j]
// lies between those of the tokens j and j + 1.
SaeState StateOf(at::ScalarType type) {
  SaeState state;
  SaeParameters& p = state.parameters;
  p.w_enc = at::zeros({kDIn, kDSae}, at::kDouble);
  p.w_enc.narrow(0, 0, 2).fill_(1);
  p.b_enc = at::arange(kDSae, at::kDouble).remainder(3) * -0.25;
  p.w_dec = at::randn({kDSae, kDIn}, at::detail::createCPUGenerator(1), at::kDouble);
  NormaliseDecoderRows(p.w_dec);
  p.b_dec = at::zeros({kDIn}, at::kDouble);
  p.threshold = (at::arange(kDSae, at::kDouble) + 0.5) * kUnit + 1 + p.b_enc;
  for (at::Tensor* tensor : {&p.w_enc, &p.b_enc, &p.w_dec, &p.b_dec, &p.threshold}) {
    *tensor = tensor->to(type);
  }
  state.adam = NewAdamState(p, {});
  return state;
}

at::Tensor Batch() {
  const at::Tensor x = at::zeros({kTokens, kDIn}, at::kDouble);
  x.select(1, 0).fill_(1);
  x.select(1, 1).copy_(at::arange(kTokens, at::kDouble) * kUnit);
  return x;
}

// Token t passes the thresholds of the latents before it.
at::Tensor Passed() { return at::arange(kTokens - 1, kTokens - 1 - kDSae, -1, at::kDouble); }

// Root of the second moments, which after one step are the gradient's size but for a factor.
at::Tensor ThresholdGradients(const SaeState& state) {
  return state.adam.second.threshold.to(at::kDouble).sqrt();
}

class BetweenBf16 : public ::testing::TestWithParam<std::tuple<std::string, bool>> {
 protected:
  void SetUp() override {
    if (!CanRunOn(path(), at::kCPU)) GTEST_SKIP() << "this CPU has no " << path();
    state_.dense = std::get<1>(GetParam());
    stepper_ = MakeStepper(path(), MakeSettings(Precision::kBf16), workspace_, state_);
  }
  std::string path() const { return std::get<0>(GetParam()); }

  StepWorkspace workspace_;
  SaeState state_ = StateOf(at::kFloat);
  std::unique_ptr<Stepper> stepper_;
};

TEST_P(BetweenBf16, AStepTellsWhatIsActive) {
  const StepRates rates{1e-3, 5e-4, 2e-2};
  const BatchSums sums = stepper_->Step(rates, Batch().to(at::kFloat));
  EXPECT_TRUE(at::equal(sums.fired.to(at::kDouble), Passed()));
  EXPECT_EQ(sums.totals[2].item<double>(), Passed().sum().item<double>());
}

TEST_P(BetweenBf16, AMeasureTellsWhatIsActive) {
  const BatchSums sums = stepper_->Measure(Batch().to(at::kFloat), {});
  EXPECT_TRUE(at::equal(sums.fired.to(at::kDouble), Passed()));
}

TEST_P(BetweenBf16, EveryThresholdHasItsGradient) {
  const StepRates rates{1e-3, 5e-4, 2e-2};
  SaeState exact = StateOf(at::kDouble);
  StepWorkspace other;
  MakeStepper(kReferencePath, MakeSettings(Precision::kFp32), other, exact)->Step(rates, Batch());
  stepper_->Step(rates, Batch().to(at::kFloat));
  const at::Tensor got = ThresholdGradients(state_), want = ThresholdGradients(exact);
  EXPECT_GT(got.narrow(0, kEdge, kDSae - 2 * kEdge).min().item<double>(), 0);
  EXPECT_LT(((got - want).norm() / want.norm()).item<double>(), 0.01);
}

INSTANTIATE_TEST_SUITE_P(
    Paths,
    BetweenBf16,
    ::testing::Combine(::testing::Values(kReferencePath, "avx2", "avx512", "avx512_bf16", "amx"),
                       ::testing::Bool()),
    [](const auto& tested) {
      return std::get<0>(tested.param) + "_" + (std::get<1>(tested.param) ? "dense" : "sparse");
    });

}  // namespace
}  // namespace saelaw
