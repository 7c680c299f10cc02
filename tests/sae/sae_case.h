// A case of sae_cases.json: an SAE, a batch, and the loss and gradients expected of them.
#pragma once

#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "core/names.h"
#include "sae/model/architecture.h"
#include "sae/reference/loss.h"

namespace saelaw::testing {

using Json = nlohmann::json;

// Nested lists of numbers as a float64 tensor.
inline at::Tensor TensorFrom(const Json& json) {
  if (!json.is_array()) return at::scalar_tensor(json.get<double>(), at::kDouble);
  std::vector<at::Tensor> parts;
  for (const Json& part : json) parts.push_back(TensorFrom(part));
  return at::stack(parts).contiguous();
}

struct SaeCase {
  SaeParameters parameters;
  SaeObjective objective;
  double coefficient = 0;
  at::Tensor x;
  AuxiliaryLoss auxiliary;
  at::Tensor dead;  // [d_sae] bool; undefined where a case has no auxiliary loss
};

// What a case of top_k_cases.json says besides: which latents are kept, and which are dead.
inline void ReadKept(const Json& json, SaeCase& result) {
  result.auxiliary = {json.at("auxiliary").get<double>(), 0, DeadLatents::kAuxK};
  SaeSpec spec;
  spec.architecture = *Named<SaeArchitecture>(json.at("architecture").get<std::string>());
  result.objective.architecture = &FindArchitecture(spec);
  result.objective.k = json.at("k").get<double>();
  if (spec.architecture == SaeArchitecture::kBatchTopK) {
    result.parameters.running_threshold = at::zeros({2}, at::kDouble);
  }
}

inline SaeCase SaeCaseFrom(const Json& json) {
  SaeCase result;
  const bool is_log = json.at("parametrisation") == "log";
  const at::Tensor theta = json.contains("theta") ? TensorFrom(json.at("theta")) : at::Tensor();
  result.parameters = {TensorFrom(json.at("w_enc")),
                       TensorFrom(json.at("b_enc")),
                       TensorFrom(json.at("w_dec")),
                       TensorFrom(json.at("b_dec")),
                       is_log ? theta.log() : theta};
  result.objective.pre_encoder_bias = json.at("pre_encoder_bias").get<bool>();
  result.objective.parametrisation =
      is_log ? ThresholdParametrisation::kLog : ThresholdParametrisation::kRaw;
  result.objective.bandwidth = json.at("bandwidth").get<double>();
  result.objective.sparsity =
      json.at("sparsity") == "target-l0" ? SparsityRule::kTargetL0 : SparsityRule::kCoefficient;
  result.objective.target_l0 = json.at("target_l0").get<double>();
  result.objective.input_gradients = json.value("input_gradients", false);
  if (json.value("penalty", "l0") == "tanh") result.objective.penalty = PenaltyShape::kTanh;
  result.objective.tanh_scale = json.value("tanh_scale", result.objective.tanh_scale);
  result.auxiliary = {json.value("pre_acts", 0.0), 0, DeadLatents::kPreActs};
  if (json.contains("dead")) result.dead = TensorFrom(json.at("dead")).to(at::kBool);
  result.coefficient = json.at("coefficient").get<double>();
  result.x = TensorFrom(json.at("x"));
  if (json.contains("architecture")) ReadKept(json, result);
  return result;
}

// The step of a case. Where its rows have unit norm, what a step takes out of their gradient is
// out.
inline SaeStep MakeStep(const Json& json, const SaeCase& sae) {
  SaeStep step = LossAndGradients(
      sae.parameters, sae.objective, sae.coefficient, sae.x, sae.auxiliary, sae.dead);
  if (json.value("unit_rows", false)) {
    ProjectOutDecoderRows(sae.parameters.w_dec, step.gradients.w_dec);
  }
  return step;
}

}  // namespace saelaw::testing
