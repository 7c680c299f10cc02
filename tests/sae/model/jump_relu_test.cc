#include "sae/model/jump_relu.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/model/initialise.h"

namespace saelaw {
namespace {

SaeSpec Spec() {
  SaeSpec spec;
  spec.d_sae = 12;
  spec.threshold_init = 0.003;
  return spec;
}

TEST(ComputeThreshold, IsTheSameInBothParametrisations) {
  SaeSpec spec = Spec();
  for (const auto kind : {ThresholdParametrisation::kRaw, ThresholdParametrisation::kLog}) {
    spec.threshold_parametrisation = kind;
    const SaeParameters p = Initialise(5, spec, 1, at::kDouble, at::kCPU);
    EXPECT_NEAR(ComputeThreshold(p, kind).max().item<double>(), 0.003, 1e-15);
  }
}

// What is given away is θ, whatever was trained.
TEST(JumpRelu, ExportsTheThresholdItself) {
  SaeSpec spec = Spec();
  spec.threshold_parametrisation = ThresholdParametrisation::kLog;
  const SaeParameters p = Initialise(5, spec, 1, at::kDouble, at::kCPU);
  const SaeTensor& threshold = JumpRelu().tensors().back();
  EXPECT_NEAR(JumpRelu().Exported(threshold, spec, p).max().item<double>(), 0.003, 1e-15);
  EXPECT_LT((p.*threshold.field).max().item<double>(), 0);
}

TEST(JumpRelu, KeepsTheWindowOfARawThresholdAboveZero) {
  SaeParameters p;
  p.threshold = at::full({2}, 0.001, at::kDouble);
  SaeObjective objective;
  objective.bandwidth = 0.01;
  objective.parametrisation = ThresholdParametrisation::kLog;
  JumpRelu().KeepBounds(objective, p);
  EXPECT_EQ(p.threshold.max().item<double>(), 0.001);
  objective.parametrisation = ThresholdParametrisation::kRaw;
  JumpRelu().KeepBounds(objective, p);
  EXPECT_EQ(p.threshold.max().item<double>(), 0.005);
}

}  // namespace
}  // namespace saelaw
