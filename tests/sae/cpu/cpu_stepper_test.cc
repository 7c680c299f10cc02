// The CPU steppers against the reference in fp64: one step, whose second moments show every
// gradient, and a run of steps, whose losses show the rest.
#include "sae/cpu/cpu_stepper.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "sae/cpu/steps.h"
#include "sae/model/top_k.h"
#include "sae/reference/loss.h"

namespace saelaw {
namespace {

// One smaller than any tile and one that no tile divides.
constexpr Shape kShapes[] = {{20, 24, 9}, {131, 301, 75}};
// Three blocks of the dense step (2^20 numbers each), the last of them smaller.
constexpr Shape kManyBlocks = {24, 1100, 2048};

class CpuStepper : public ::testing::TestWithParam<std::tuple<std::string, Precision, bool>> {
 protected:
  void SetUp() override {
    if (!CanRunOn(path(), at::kCPU)) GTEST_SKIP() << "this CPU has no " << path();
  }
  std::string path() const { return std::get<0>(GetParam()); }
  Precision precision() const { return std::get<1>(GetParam()); }
  bool dense() const { return std::get<2>(GetParam()); }
  // Of the norm of a gradient: rounding of sums in fp32, or of operands to 8 bits.
  double tolerance() const { return precision() == Precision::kFp32 ? 2e-6 : 8e-3; }
  // With bf16 one token more or less is active, or inside a window, and these batches are small.
  // Those that enter or leave a window show in the encoder too where it has gradients from there.
  double GradientTolerance(std::size_t tensor, const Variant& variant) const {
    if (precision() == Precision::kFp32) return 8e-6;
    if (tensor == 4) return 0.8;
    return variant.input_gradients && tensor < 2 ? 0.15 : 0.06;
  }
  // With bf16 one of 24 biases whose gradient is near 0 may go the other way.
  double MovedTolerance(std::size_t tensor) const {
    if (precision() == Precision::kFp32) return 2e-6;
    return tensor == 1 ? 6e-3 : 3e-3;
  }
};

TEST_P(CpuStepper, HasTheGradientsOfTheReference) {
  const StepRates rates{1e-3, 5e-4, 2e-2};
  std::vector<Shape> shapes(std::begin(kShapes), std::end(kShapes));
  if (dense()) shapes.push_back(kManyBlocks);
  for (const Shape& shape : shapes) {
    for (const Variant& variant : kVariants) {
      SCOPED_TRACE(std::to_string(shape.d_in) + (variant.pre_encoder_bias ? " bias" : ""));
      const StepSettings exact = MakeSettings(variant, Precision::kFp32);
      SaeState expected = InType(StateOf(shape, variant), at::kDouble, exact.adam);
      StepSettings settings = MakeSettings(variant, precision());
      SaeState state = InType(StateOf(shape, variant), at::kFloat, settings.adam);
      state.dense = dense();
      const at::Tensor x = Drawn({shape.tokens, shape.d_in}, 6);

      StepWorkspace workspace;
      const BatchSums reference =
          MakeStepper(kReferencePath, exact, workspace, expected)->Step(rates, x);
      const BatchSums sums =
          MakeStepper(path(), settings, workspace, state)->Step(rates, x.to(at::kFloat));

      // bf16 moves a few pre-activations across the threshold.
      const double counted = precision() == Precision::kFp32 ? 1e-9 : 5e-3;
      EXPECT_LT(Difference(sums.totals, reference.totals), tolerance());
      EXPECT_LE(Difference(sums.fired, reference.fired), 10 * counted);
      const auto second = TensorsOf(state.adam.second);
      const auto expected_second = TensorsOf(expected.adam.second);
      for (std::size_t i = 0; i < second.size(); ++i) {
        EXPECT_LT(Difference(second[i].sqrt(), expected_second[i].sqrt()),
                  GradientTolerance(i, variant))
            << kSaeTensorNames[i];
      }
      const auto moved = TensorsOf(state.parameters);
      const auto expected_moved = TensorsOf(expected.parameters);
      for (std::size_t i = 0; i < moved.size(); ++i) {
        EXPECT_LT(Difference(moved[i], expected_moved[i]), MovedTolerance(i)) << kSaeTensorNames[i];
      }
    }
  }
}

// Some latents rarely fire, so that their second moments decay unseen between two updates, and
// quickly, so that it shows.
constexpr Shape kRunShape = {20, 48, 16};
constexpr int kRunSteps = 40;
const StepRates kRunRates{2e-3, 1e-3, 2e-2};

SaeState RunStart() {
  SaeState state = StateOf(kRunShape, kVariants[0]);
  state.parameters.threshold.slice(0, 0, kRunShape.d_sae, 3) += 1;
  return state;
}

at::Tensor RunBatch(int step) {
  return Drawn({kRunShape.tokens, kRunShape.d_in}, 100 + static_cast<std::uint64_t>(step));
}

// Dense throughout, or dense until the first look and sparse from there on.
StepSettings RunSettings(Precision precision, bool dense) {
  StepSettings settings = MakeSettings(kVariants[0], precision);
  settings.adam.beta2 = 0.9;
  settings.dense_above = dense ? 0 : 0.6;
  return settings;
}

TEST_P(CpuStepper, KeepsToTheReferenceOverARunOfSteps) {
  const StepSettings settings = RunSettings(precision(), dense());
  SaeState expected = InType(RunStart(), at::kDouble, settings.adam);
  SaeState state = InType(RunStart(), at::kFloat, settings.adam);
  StepWorkspace workspace;
  const auto reference =
      MakeStepper(kReferencePath, RunSettings(Precision::kFp32, dense()), workspace, expected);
  const auto stepper = MakeStepper(path(), settings, workspace, state);
  double worst = 0;
  bool skipped = false;  // whether a latent was left alone by a step
  for (int step = 0; step < kRunSteps; ++step) {
    const at::Tensor x = RunBatch(step);
    const auto loss = [&](const BatchSums& sums) {
      return MakeTerms(sums.totals, kRunRates.coefficient, kRunShape.tokens).loss;
    };
    const double want = loss(reference->Step(kRunRates, x));
    const double got = loss(stepper->Step(kRunRates, x.to(at::kFloat)));
    worst = std::max(worst, std::abs(got / want - 1));
    skipped = skipped || (state.adam.row_updates < step + 1).any().item<bool>();
    EXPECT_EQ(state.dense, dense()) << step;  // from the first look on
  }
  EXPECT_EQ(skipped, !dense());
  EXPECT_LT(worst, precision() == Precision::kFp32 ? 2e-5 : 3e-2);
  const auto moved = TensorsOf(state.parameters);
  const auto expected_moved = TensorsOf(expected.parameters);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    EXPECT_LT(Difference(moved[i], expected_moved[i]),
              precision() == Precision::kFp32 ? 1e-4 : 5e-2)
        << kSaeTensorNames[i];
  }
}

class WithThreads {
 public:
  explicit WithThreads(int threads) : before_(at::get_num_threads()) {
    at::set_num_threads(threads);
  }
  ~WithThreads() { at::set_num_threads(before_); }

 private:
  int before_;
};

TEST_P(CpuStepper, ThreadsChangeRoundingAlone) {
  const StepSettings settings = RunSettings(precision(), dense());
  const auto run = [&](int threads) {
    const WithThreads with(threads);
    SaeState state = InType(RunStart(), at::kFloat, settings.adam);
    StepWorkspace workspace;
    const auto stepper = MakeStepper(path(), settings, workspace, state);
    for (int step = 0; step < 12; ++step) stepper->Step(kRunRates, RunBatch(step).to(at::kFloat));
    return TensorsOf(state.parameters);
  };
  const auto one = run(1), two = run(2), again = run(2);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_TRUE(at::equal(two[i], again[i])) << kSaeTensorNames[i];
    EXPECT_LT(Difference(two[i], one[i]), precision() == Precision::kFp32 ? 1e-5 : 1e-2)
        << kSaeTensorNames[i];
  }
}

// In two parts, as a held-out set is measured; afterwards the stepper steps as if it had not been
// asked.
TEST_P(CpuStepper, MeasuresWhatTheReferenceMeasures) {
  for (const Shape& shape : kShapes) {
    for (const Variant& variant : kVariants) {
      SCOPED_TRACE(std::to_string(shape.d_in) + (variant.pre_encoder_bias ? " bias" : ""));
      const StepSettings exact = MakeSettings(variant, Precision::kFp32);
      const SaeState expected = InType(StateOf(shape, variant), at::kDouble, exact.adam);
      const StepSettings settings = MakeSettings(variant, precision());
      SaeState state = InType(StateOf(shape, variant), at::kFloat, settings.adam);
      state.dense = dense();
      const at::Tensor x = Drawn({shape.tokens, shape.d_in}, 6);
      at::Tensor expected_recons = at::empty_like(x);
      const BatchSums reference =
          MeasureForward(expected.parameters, exact.objective, x, expected_recons);

      StepWorkspace workspace;
      const auto stepper = MakeStepper(path(), settings, workspace, state);
      const at::Tensor recons = at::empty(x.sizes(), at::kFloat);
      BatchSums sums = stepper->Measure(x.narrow(0, 0, 5).to(at::kFloat), recons.narrow(0, 0, 5));
      const std::int64_t rest = shape.tokens - 5;
      const BatchSums more =
          stepper->Measure(x.narrow(0, 5, rest).to(at::kFloat), recons.narrow(0, 5, rest));
      sums.totals.add_(more.totals);
      sums.fired.add_(more.fired);

      const double counted = precision() == Precision::kFp32 ? 1e-9 : 5e-2;
      EXPECT_LT(Difference(sums.totals, reference.totals), tolerance());
      EXPECT_LE(Difference(sums.fired, reference.fired), counted);
      // With bf16 a latent more or less is active.
      EXPECT_LT(Difference(recons, expected_recons), precision() == Precision::kFp32 ? 2e-6 : 6e-2);
      EXPECT_EQ(state.adam.updates, 0);

      SaeState other = InType(StateOf(shape, variant), at::kFloat, settings.adam);
      other.dense = dense();
      StepWorkspace other_workspace;
      const StepRates rates{1e-3, 5e-4, 2e-2};
      stepper->Step(rates, x.to(at::kFloat));
      MakeStepper(path(), settings, other_workspace, other)->Step(rates, x.to(at::kFloat));
      EXPECT_TRUE(at::equal(state.parameters.w_enc, other.parameters.w_enc));
      EXPECT_TRUE(at::equal(state.parameters.w_dec, other.parameters.w_dec));
    }
  }
}

TEST_P(CpuStepper, MeasuresNotANumberAsOne) {
  SaeState state = InType(StateOf(kShapes[1], kVariants[0]), at::kFloat, {});
  state.dense = dense();
  state.parameters.b_enc.fill_(std::nan(""));
  StepWorkspace workspace;
  const at::Tensor x = Drawn({kShapes[1].tokens, kShapes[1].d_in}, 6).to(at::kFloat);
  const BatchSums sums =
      MakeStepper(path(), MakeSettings(kVariants[0], precision()), workspace, state)
          ->Measure(x, {});
  EXPECT_TRUE(std::isnan(sums.totals[0].item<double>()));
}

// BatchTopK with half a latent a token more, so that the batch's number is no multiple of tokens.
StepSettings KeptSettings(Precision precision) {
  StepSettings settings = MakeSettings(kVariants[0], precision);
  settings.objective.architecture = &BatchTopK();
  settings.objective.k = 4.5;
  return settings;
}

SaeState KeptState(const Shape& shape, at::ScalarType type) {
  SaeState state = InType(StateOf(shape, kVariants[0]), type, {});
  state.parameters.threshold.reset();
  state.parameters.running_threshold = at::zeros({2}, type);
  state.adam = NewAdamState(state.parameters, {});
  return state;
}

void ExpectMomentsWithin(double tolerance, const SaeState& state, const SaeState& expected) {
  const auto second = TensorsOf(state.adam.second), wanted = TensorsOf(expected.adam.second);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_LT(Difference(second[i].sqrt(), wanted[i].sqrt()), tolerance) << kSaeTensorNames[i];
  }
}

TEST_P(CpuStepper, KeepsTheLargestOfABatchAsTheReferenceDoes) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.d_in);
    SaeState expected = KeptState(shape, at::kDouble), state = KeptState(shape, at::kFloat);
    state.dense = dense();
    StepWorkspace workspace;
    const auto reference =
        MakeStepper(kReferencePath, KeptSettings(Precision::kFp32), workspace, expected);
    const auto stepper = MakeStepper(path(), KeptSettings(precision()), workspace, state);
    // The second step looks for the largest near where they were. With bf16 operands some that lie
    // near the end of the choice change places.
    for (const std::uint64_t step : {6, 7}) {
      const at::Tensor x = Drawn({shape.tokens, shape.d_in}, step);
      const BatchSums want = reference->Step({1e-3, 5e-4, 2e-2}, x);
      const BatchSums got = stepper->Step({1e-3, 5e-4, 2e-2}, x.to(at::kFloat));
      EXPECT_LT(Difference(got.totals, want.totals), tolerance());
      EXPECT_EQ(got.totals[2].item<double>(), std::floor(4.5 * static_cast<double>(shape.tokens)));
      EXPECT_LE(Difference(got.fired, want.fired), precision() == Precision::kFp32 ? 1e-9 : 0.5);
      // Later, gradients near 0 have moved parameters this way or the other.
      if (step == 6)
        ExpectMomentsWithin(precision() == Precision::kFp32 ? 8e-6 : 0.5, state, expected);
    }
    const double threshold = precision() == Precision::kFp32 ? 1e-6 : 2e-2;
    EXPECT_NEAR(RunningThreshold(state.parameters).item<double>(),
                RunningThreshold(expected.parameters).item<double>(),
                threshold);
    const at::Tensor x = Drawn({shape.tokens, shape.d_in}, 8);
    EXPECT_LT(
        Difference(stepper->Measure(x.to(at::kFloat), {}).totals, reference->Measure(x, {}).totals),
        precision() == Precision::kFp32 ? 1e-5 : 8e-2);
  }
}

// A stepper that knows nothing of the batch before finds the same ones.
TEST_P(CpuStepper, KeepsTheSameWhereverItsSearchBegins) {
  const Shape& shape = kShapes[1];
  SaeState state = KeptState(shape, at::kFloat), other = KeptState(shape, at::kFloat);
  StepWorkspace workspace;
  const auto stepper = MakeStepper(path(), KeptSettings(precision()), workspace, state);
  for (const std::uint64_t step : {6, 7, 8}) {
    // Ten times larger, and back.
    const at::Tensor x =
        Drawn({shape.tokens, shape.d_in}, step).to(at::kFloat) * (step == 7 ? 10 : 1);
    const BatchSums went_on = stepper->Step({1e-3, 5e-4, 2e-2}, x);
    const BatchSums anew = MakeStepper(path(), KeptSettings(precision()), workspace, other)
                               ->Step({1e-3, 5e-4, 2e-2}, x);
    EXPECT_TRUE(at::equal(went_on.totals, anew.totals)) << step;
  }
  EXPECT_TRUE(at::equal(state.parameters.w_dec, other.parameters.w_dec));
  EXPECT_TRUE(at::equal(state.parameters.running_threshold, other.parameters.running_threshold));
}

INSTANTIATE_TEST_SUITE_P(
    Paths,
    CpuStepper,
    ::testing::Combine(::testing::Values("avx2", "avx512", "avx512_bf16", "amx"),
                       ::testing::Values(Precision::kFp32, Precision::kBf16),
                       ::testing::Bool()),
    [](const auto& tested) {
      return std::get<0>(tested.param) + "_" +
             std::string(std::get<1>(tested.param) == Precision::kFp32 ? "fp32" : "bf16") + "_" +
             (std::get<2>(tested.param) ? "dense" : "sparse");
    });

}  // namespace
}  // namespace saelaw
