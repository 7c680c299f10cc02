// One step of an SAE that hides no error, for tests of the CPU's kernels against the reference.
#pragma once

#include <ATen/ATen.h>

#include "sae/drawn_parameters.h"
#include "sae/model/stepper.h"
#include "sae/sae_tensors.h"
#include "sae/tune/accelerations.h"

namespace saelaw {

struct Shape {
  std::int64_t d_in, d_sae, tokens;
};

struct Variant {
  ThresholdParametrisation parametrisation;
  SparsityRule sparsity;
  bool pre_encoder_bias;
  bool input_gradients;
};
inline constexpr Variant kVariants[] = {
    {ThresholdParametrisation::kRaw, SparsityRule::kCoefficient, true, false},
    {ThresholdParametrisation::kLog, SparsityRule::kTargetL0, false, false},
    {ThresholdParametrisation::kRaw, SparsityRule::kTargetL0, true, true},
};

// A state in the middle of nowhere: no symmetry hides an error.
inline SaeState StateOf(const Shape& shape, const Variant& variant) {
  SaeState state;
  state.parameters = DrawnParameters(shape.d_in, shape.d_sae, variant.parametrisation);
  return state;
}

inline SaeState InType(const SaeState& from, at::ScalarType type, const AdamSettings& adam) {
  SaeState state = from;
  state.parameters = {from.parameters.w_enc.to(type, false, true),
                      from.parameters.b_enc.to(type, false, true),
                      from.parameters.w_dec.to(type, false, true),
                      from.parameters.b_dec.to(type, false, true),
                      from.parameters.threshold.to(type, false, true)};
  state.adam = NewAdamState(state.parameters, adam);
  return state;
}

inline StepSettings MakeSettings(const Variant& variant, Precision precision) {
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

inline double Difference(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

}  // namespace saelaw
