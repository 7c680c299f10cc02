// The GPU stepper on the CPU: the CUDA library's kernels by the emulator.
#include "sae/gpu/gpu_stepper.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "sae/gpu/gpu_stepper_checks.h"
#include "sae/gpu_emulator/emulated_table.h"
#include "sae/model/initialise.h"
#include "sae/tune/step_path.h"

namespace saelaw {
namespace {

class GpuStepper : public ::testing::Test {
 protected:
  GpuStepper() : former_(SetGpuTableForTest(&gpu::emulator::EmulatedTable())) {
    gpu::emulator::TheConduct() = {};
  }
  ~GpuStepper() override { SetGpuTableForTest(former_); }

  static SaeState State() {
    SaeSpec spec;
    spec.d_sae = 24;
    SaeState state;
    state.parameters = Initialise(20, spec, 1, at::kFloat, at::kCPU);
    state.adam = NewAdamState(state.parameters, {});
    return state;
  }
  static StepSettings Bf16Settings() {
    StepSettings settings;
    settings.objective.precision = Precision::kBf16;
    return settings;
  }

 private:
  const SaelawGpuTable* former_;
};

TEST_F(GpuStepper, DoesTheStepsOfTheReference) {
  for (const testing::KernelCheck& check : testing::StepperChecks(at::kCPU).Run()) {
    EXPECT_TRUE(check.passed()) << check.name << " is off by " << check.error << ", allowed "
                                << check.allowed;
  }
}

TEST_F(GpuStepper, IsNotTakenForMastersOnTheCpu) {
  StepWorkspace workspace;
  SaeState state = State();
  EXPECT_FALSE(CanRunOn(kCudaPath, at::kCPU));
  MakeStepper(kCudaPath, Bf16Settings(), workspace, state)
      ->Step({1e-3, 1e-3, 1e-2}, at::randn({9, 20}));
  EXPECT_EQ(gpu::emulator::TheConduct().dense_steps, 0);
  EXPECT_FALSE(state.adam.row_updates.defined());  // the reference has stepped
}

TEST_F(GpuStepper, CopiesTheWeightsAnewOnlyForLargerBatches) {
  StepWorkspace workspace;
  SaeState state = State();
  const auto stepper = MakeGpuStepper(Bf16Settings(), workspace, state);
  for (const std::int64_t tokens : {9, 9, 5, 12}) {
    stepper->Step({1e-3, 1e-3, 1e-2}, at::randn({tokens, 20}));
  }
  EXPECT_EQ(gpu::emulator::TheConduct().prepared, 2);
}

TEST_F(GpuStepper, SaysWhatTheLibraryRefused) {
  StepWorkspace workspace;
  SaeState state = State();
  const auto stepper = MakeGpuStepper(Bf16Settings(), workspace, state);
  gpu::emulator::TheConduct().fail = true;
  try {
    stepper->Step({1e-3, 1e-3, 1e-2}, at::randn({9, 20}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "GPU, a step: as asked");
    EXPECT_EQ(error.code(), ExitCode::kFailure);
  }
}

}  // namespace
}  // namespace saelaw
