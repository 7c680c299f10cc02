// A case of sae_cases.json: an SAE, a batch, and the loss and gradients expected of them.
#pragma once

#include <vector>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

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
};

inline SaeCase SaeCaseFrom(const Json& json) {
  SaeCase result;
  const bool is_log = json.at("parametrisation") == "log";
  const at::Tensor theta = TensorFrom(json.at("theta"));
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
  result.coefficient = json.at("coefficient").get<double>();
  result.x = TensorFrom(json.at("x"));
  return result;
}

}  // namespace saelaw::testing
