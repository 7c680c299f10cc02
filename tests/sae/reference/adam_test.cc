// Adam against torch.optim.Adam (vectors of make_adam_vectors.py).
#include "sae/reference/adam.h"

#include <fstream>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sae/sae_tensors.h"

namespace saelaw {
namespace {

using Json = nlohmann::json;

at::Tensor Vector(const Json& json) {
  return at::tensor(json.get<std::vector<double>>(), at::kDouble);
}

// All five tensors with these values, so that each is checked.
SaeParameters AllOf(const at::Tensor& values) {
  return {values.clone(), values.clone(), values.clone(), values.clone(), values.clone()};
}

TEST(AdamUpdate, FollowsTorchOptimAdam) {
  std::ifstream file(SAELAW_SOURCE_DIR "/tests/sae/data/adam.json");
  for (const Json& json : Json::parse(file).at("cases")) {
    if (json.at("clip") > 0) continue;
    const AdamSettings settings{json.at("beta1"), json.at("beta2"), json.at("epsilon")};
    const double lr = json.at("lr");
    SaeParameters parameters = AllOf(Vector(json.at("start")));
    AdamState state = NewAdamState(parameters, settings);
    for (std::size_t step = 0; step < json.at("gradients").size(); ++step) {
      const SaeGradients gradients = AllOf(Vector(json.at("gradients")[step]));
      AdamUpdate(JumpRelu(), settings, lr, lr, gradients, parameters, state);
      for (const at::Tensor& tensor : TensorsOf(parameters)) {
        const double gap = (tensor - Vector(json.at("path")[step])).abs().max().item<double>();
        EXPECT_LT(gap, 1e-12) << "beta1 " << settings.beta1 << " step " << step;
      }
    }
  }
}

TEST(ClipGradients, FollowsClipGradNorm) {
  std::ifstream file(SAELAW_SOURCE_DIR "/tests/sae/data/adam.json");
  const Json json = Json::parse(file).at("cases").at(2);
  const AdamSettings settings{json.at("beta1"), json.at("beta2"), json.at("epsilon")};
  const double lr = json.at("lr");
  const at::Tensor none = at::zeros({1}, at::kDouble);
  SaeParameters parameters = AllOf(none);
  parameters.w_enc = Vector(json.at("start"));
  AdamState state = NewAdamState(parameters, settings);
  for (std::size_t step = 0; step < json.at("gradients").size(); ++step) {
    SaeGradients gradients = AllOf(none);
    gradients.w_enc = Vector(json.at("gradients")[step]);
    ClipGradients(json.at("clip"), gradients);
    AdamUpdate(JumpRelu(), settings, lr, lr, gradients, parameters, state);
    const at::Tensor wanted = Vector(json.at("path")[step]);
    EXPECT_LT((parameters.w_enc - wanted).abs().max().item<double>(), 1e-12) << step;
  }
}

// At the first update m̂/√v̂ is the gradient's sign, so each moves by its own rate.
TEST(AdamUpdate, MovesTheThresholdAtItsOwnRate) {
  SaeParameters parameters = AllOf(at::zeros({2}, at::kDouble));
  const AdamSettings settings;
  AdamState state = NewAdamState(parameters, settings);
  AdamUpdate(
      JumpRelu(), settings, 0.1, 0.003, AllOf(at::ones({2}, at::kDouble)), parameters, state);
  EXPECT_NEAR(parameters.w_enc[0].item<double>(), -0.1, 1e-8);
  EXPECT_NEAR(parameters.b_dec[0].item<double>(), -0.1, 1e-8);
  EXPECT_NEAR(parameters.threshold[0].item<double>(), -0.003, 1e-8);
}

}  // namespace
}  // namespace saelaw
