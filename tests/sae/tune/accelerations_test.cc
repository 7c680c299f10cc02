#include "sae/tune/accelerations.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/architecture_traits.h"
#include "sae/gpu/gpu_library.h"
#include "sae/model/architecture.h"

namespace saelaw {
namespace {

// As if on a GPU: nothing is asked of it.
TEST(FastestPathOn, IsOfItsDevice) {
  const at::Device gpu("cuda:0");
  EXPECT_TRUE(CanRunOn(kReferencePath, gpu));
  EXPECT_FALSE(CanRunOn(kCudaPath, gpu));
  EXPECT_EQ(FastestPathOn(gpu), kReferencePath);
  const SaelawGpuTable table{};
  const SaelawGpuTable* before = SetGpuTableForTest(&table);
  EXPECT_EQ(FastestPathOn(gpu), kCudaPath);
  EXPECT_FALSE(CanRunOn(kCudaPath, at::kCPU));
  EXPECT_FALSE(CanRunOn("avx2", gpu));
  EXPECT_NE(FastestPathOn(at::kCPU), kCudaPath);
  SetGpuTableForTest(before);
}

// Job files and checkpoints hold these names, and `execution.kernels` takes them.
TEST(Accelerations, AreTheStoredOnesFromTheFastestToTheReference) {
  std::string names;
  for (const Acceleration& acceleration : Accelerations()) {
    names += std::string(acceleration.name) + " ";
    EXPECT_EQ(FindAcceleration(acceleration.name), &acceleration);
  }
  EXPECT_EQ(names, "cuda amx avx512_bf16 avx512 avx2 reference ");
  EXPECT_EQ(FindAcceleration("abacus"), nullptr);
  EXPECT_FALSE(CanRunOn("abacus", at::kCPU));
}

// What kernels cannot do is what needs all gradients at once, and numbers that are not fp32.
TEST(Supports, LeavesToTheReferenceWhatNeedsAllGradients) {
  SaeState state;
  state.parameters.w_dec = at::zeros({4, 2});
  const auto supported = [&](const StepSettings& settings) {
    EXPECT_TRUE(Supports(Accelerations().back(), settings, state));
    return Supports(*FindAcceleration("avx2"), settings, state);
  };
  StepSettings settings;
  EXPECT_TRUE(supported(settings));
  settings.gradient_clip = 1;
  EXPECT_FALSE(supported(settings));
  settings = {};
  settings.adam.beta1 = 0.9;
  EXPECT_FALSE(supported(settings));
  settings = {};
  settings.auxiliary.coefficient = 0.1;
  EXPECT_FALSE(supported(settings));
  settings = {};
  settings.objective.penalty = PenaltyShape::kTanh;
  EXPECT_FALSE(supported(settings));
  state.parameters.w_dec = at::zeros({4, 2}, at::kDouble);
  EXPECT_FALSE(supported({}));
}

// Prices go by what core/architecture_traits.h says of kernels.
TEST(Supports, IsWhatTheTraitsOfArchitecturesSay) {
  SaeState state;
  state.parameters.w_dec = at::zeros({4, 2});
  for (const Architecture* architecture : Architectures()) {
    StepSettings settings;
    settings.objective.architecture = architecture;
    settings.objective.precision = Precision::kBf16;  // which all kernels take
    const ArchitectureTraits& traits = FindTraits(architecture->kind());
    for (const char* path : {"amx", "avx512_bf16", "avx512", "avx2"}) {
      EXPECT_EQ(Supports(*FindAcceleration(path), settings, state), traits.cpu_kernels) << path;
    }
    EXPECT_EQ(Supports(*FindAcceleration("cuda"), settings, state), traits.gpu_kernels);
  }
}

}  // namespace
}  // namespace saelaw
