// The whole GPU stepper against the reference in fp64, and against itself in company, after a
// restart, and on numbers that are none. Runs on any device that the open table steps on.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "sae/drawn_parameters.h"
#include "sae/gpu/gpu_check.h"
#include "sae/gpu/gpu_stepper.h"
#include "sae/sae_tensors.h"
#include "sae/tune/accelerations.h"

namespace saelaw::testing {

struct StepperVariant {
  const char* name;
  ThresholdParametrisation parametrisation;
  SparsityRule sparsity;
  bool pre_encoder_bias;
  bool input_gradients;
};
constexpr StepperVariant kStepperVariants[] = {
    {"raw", ThresholdParametrisation::kRaw, SparsityRule::kCoefficient, true, false},
    {"log", ThresholdParametrisation::kLog, SparsityRule::kTargetL0, false, false},
    {"inputs", ThresholdParametrisation::kRaw, SparsityRule::kTargetL0, true, true},
};

class StepperChecks {
 public:
  explicit StepperChecks(at::Device device) : device_(device) {}

  std::vector<KernelCheck> Run() {
    for (const StepperVariant& variant : kStepperVariants) {
      for (const bool dense : {false, true}) {
        CompareFirstStep({20, 24, 9}, variant, dense);
        CompareFirstStep({131, 301, 75}, variant, dense);
      }
      CompareManySteps(variant);
    }
    CheckCompany();
    CheckRestart();
    CheckNan();
    return std::move(checks_);
  }

 private:
  struct Shape {
    std::int64_t d_in, d_sae, tokens;
  };
  inline static const StepRates kRates{1e-3, 5e-4, 2e-2};

  void Add(const std::string& name, double error, double allowed) {
    checks_.push_back({name, error, allowed});
  }

  static double Distance(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor difference = a.cpu().to(at::kDouble) - b.cpu().to(at::kDouble);
    return (difference.norm() / b.cpu().to(at::kDouble).norm()).item<double>();
  }

  static SaeParameters Parameters(const Shape& shape, const StepperVariant& variant) {
    return DrawnParameters(shape.d_in, shape.d_sae, variant.parametrisation);
  }
  static SaeState StateOf(const SaeParameters& from, const at::TensorOptions& options) {
    const auto copy = [&](const at::Tensor& tensor) { return tensor.to(options, false, true); };
    SaeState state;
    state.parameters = {copy(from.w_enc),
                        copy(from.b_enc),
                        copy(from.w_dec),
                        copy(from.b_dec),
                        copy(from.threshold)};
    state.adam = NewAdamState(state.parameters, {});
    return state;
  }
  at::TensorOptions OnDevice() const {
    return at::TensorOptions().dtype(at::kFloat).device(device_);
  }
  SaeState OwnState(const Shape& shape, const StepperVariant& variant) const {
    return StateOf(Parameters(shape, variant), OnDevice());
  }
  at::Tensor Batch(const Shape& shape, std::uint64_t seed) const {
    return Drawn({shape.tokens, shape.d_in}, seed).to(OnDevice());
  }

  static StepSettings MakeSettings(const StepperVariant& variant, Precision precision) {
    StepSettings settings;
    settings.objective = {variant.pre_encoder_bias,
                          variant.parametrisation,
                          /*bandwidth=*/0.3,
                          variant.sparsity,
                          /*target_l0=*/5,
                          precision};
    settings.objective.input_gradients = variant.input_gradients;
    return settings;
  }

  void CompareFirstStep(const Shape& shape, const StepperVariant& variant, bool dense) {
    const std::string name = std::string(variant.name) + " " + std::to_string(shape.d_in) +
                             (dense ? " dense " : " sparse ");
    const StepSettings exact = MakeSettings(variant, Precision::kFp32);
    SaeState expected = StateOf(Parameters(shape, variant), at::kDouble);
    SaeState state = OwnState(shape, variant);
    state.dense = dense;
    StepWorkspace workspace;
    const at::Tensor x = Batch(shape, 6);
    const BatchSums want = MakeStepper(kReferencePath, exact, workspace, expected)
                               ->Step(kRates, x.cpu().to(at::kDouble));
    const BatchSums got =
        MakeGpuStepper(MakeSettings(variant, Precision::kBf16), workspace, state)->Step(kRates, x);
    // bf16 moves a few pre-activations across the threshold.
    Add(name + "totals", Distance(got.totals, want.totals), 8e-3);
    Add(name + "fired", Distance(got.fired, want.fired), 0.05);
    const auto moved = TensorsOf(state.parameters), want_moved = TensorsOf(expected.parameters);
    const auto second = TensorsOf(state.adam.second), want_second = TensorsOf(expected.adam.second);
    for (std::size_t i = 0; i < moved.size(); ++i) {
      // Of a threshold's few tokens inside the window one more or less is a large share; it shows
      // in the encoder too where that has gradients from there.
      const double of_encoder = variant.input_gradients && i < 2 ? 0.15 : 0.06;
      Add(name + "gradient of " + kSaeTensorNames[i],
          Distance(second[i].sqrt(), want_second[i].sqrt()),
          i == 4 ? 0.8 : of_encoder);
      // One of 24 biases whose gradient is near 0 may go the other way.
      Add(name + kSaeTensorNames[i], Distance(moved[i], want_moved[i]), i == 1 ? 6e-3 : 3e-3);
    }
  }

  // Dense at first, sparse from the first look on: loss and L0 stay those of the reference.
  void CompareManySteps(const StepperVariant& variant) {
    constexpr int kSteps = 20;
    const Shape shape{48, 96, 64};
    StepSettings settings = MakeSettings(variant, Precision::kBf16);
    settings.dense_above = 0.9;
    SaeState expected = StateOf(Parameters(shape, variant), at::kDouble);
    SaeState state = OwnState(shape, variant);
    StepWorkspace workspace;
    const auto reference =
        MakeStepper(kReferencePath, MakeSettings(variant, Precision::kFp32), workspace, expected);
    const auto stepper = MakeGpuStepper(settings, workspace, state);
    double loss = 0, l0 = 0;
    int wrong_modes = 0;
    for (int i = 0; i < kSteps; ++i) {
      wrong_modes += state.dense == (i < 1) ? 0 : 1;
      const at::Tensor x = Batch(shape, 100 + static_cast<std::uint64_t>(i));
      const BatchSums got = stepper->Step(kRates, x);
      const BatchSums want = reference->Step(kRates, x.cpu().to(at::kDouble));
      const LossTerms a = MakeTerms(got.totals, kRates.coefficient, shape.tokens);
      const LossTerms b = MakeTerms(want.totals, kRates.coefficient, shape.tokens);
      loss = std::max(loss, std::abs(a.loss / b.loss - 1));
      l0 = std::max(l0, std::abs(a.l0 / b.l0 - 1));
    }
    const std::string name = std::string(variant.name) + " many steps ";
    Add(name + "loss", loss, 1e-2);
    Add(name + "l0", l0, 2e-2);
    Add(name + "dense and sparse", wrong_modes, 0);
    Add(name + "unit rows",
        (at::linalg_vector_norm(state.parameters.w_dec, 2, {1}) - 1).abs().max().item<double>(),
        1e-5);
  }

  static double Unequal(const SaeState& a, const SaeState& b) {
    double unequal = 0;
    const auto first = TensorsOf(a.parameters), other = TensorsOf(b.parameters);
    const auto second = TensorsOf(a.adam.second), other_second = TensorsOf(b.adam.second);
    for (std::size_t i = 0; i < first.size(); ++i) {
      unequal += first[i].equal(other[i]) && second[i].equal(other_second[i]) ? 0 : 1;
    }
    return unequal + (a.adam.row_updates.equal(b.adam.row_updates) ? 0 : 1);
  }

  // Steppers that share a workspace end with the bits that each has alone.
  void CheckCompany() {
    const StepperVariant& variant = kStepperVariants[0];
    const Shape small{48, 40, 33}, large{48, 96, 33};
    const StepSettings settings = MakeSettings(variant, Precision::kBf16);
    const auto run = [&](std::vector<std::pair<SaeState*, bool>> members) {
      StepWorkspace workspace;
      std::vector<std::unique_ptr<Stepper>> steppers;
      for (auto& [state, dense] : members) {
        state->dense = dense;
        steppers.push_back(MakeGpuStepper(settings, workspace, *state));
      }
      for (std::uint64_t i = 0; i < 4; ++i) {
        for (const auto& stepper : steppers) stepper->Step(kRates, Batch(small, 200 + i));
      }
    };
    SaeState alone = OwnState(small, variant), together = OwnState(small, variant);
    SaeState other = OwnState(large, variant);
    run({{&alone, false}});
    run({{&together, false}, {&other, true}});
    Add("in company as alone", Unequal(alone, together), 0);
  }

  // A stepper made anew from the state goes on as the former would have.
  void CheckRestart() {
    const StepperVariant& variant = kStepperVariants[1];
    const Shape shape{48, 96, 33};
    const StepSettings settings = MakeSettings(variant, Precision::kBf16);
    const auto run = [&](SaeState& state, bool restart) {
      StepWorkspace workspace;
      auto stepper = MakeGpuStepper(settings, workspace, state);
      for (std::uint64_t i = 0; i < 12; ++i) {
        if (restart && i == 5) stepper = MakeGpuStepper(settings, workspace, state);
        stepper->Step(kRates, Batch(shape, 300 + i));
      }
    };
    SaeState through = OwnState(shape, variant), restarted = OwnState(shape, variant);
    run(through, false);
    run(restarted, true);
    Add("restarted as uninterrupted", Unequal(through, restarted), 0);
  }

  // A token that is none makes the loss none: a diverged run must not look like a silent one.
  void CheckNan() {
    const StepperVariant& variant = kStepperVariants[0];
    const Shape shape{20, 24, 9};
    for (const bool dense : {false, true}) {
      SaeState state = OwnState(shape, variant);
      state.dense = dense;
      StepWorkspace workspace;
      at::Tensor x = Batch(shape, 7);
      x[3][2] = std::nan("");
      const BatchSums sums =
          MakeGpuStepper(MakeSettings(variant, Precision::kBf16), workspace, state)
              ->Step(kRates, x);
      const at::Tensor totals = sums.totals.cpu();
      const std::string name = dense ? "NaN, dense: " : "NaN, sparse: ";
      Add(name + "loss", std::isnan(totals[0].item<double>()) ? 0 : 1, 0);
      Add(name + "active", sums.fired.cpu().min().item<float>() >= 1 ? 0 : 1, 0);
      Add(name + "weights", state.parameters.w_dec.isnan().all().item<bool>() ? 0 : 1, 0);
    }
  }

  at::Device device_;
  std::vector<KernelCheck> checks_;
};

}  // namespace saelaw::testing
