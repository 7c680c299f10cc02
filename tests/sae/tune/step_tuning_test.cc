#include "sae/tune/step_tuning.h"

#include <gtest/gtest.h>

#include "sae/tune/accelerations.h"

namespace saelaw {
namespace {

TEST(TuneSteps, KeepsTheMachineTheShapesAndTheReference) {
  StepTuning wanted;
  wanted.machine = "a machine";
  wanted.path = "reference";
  wanted.shapes = {{{512, 256}, {}}};
  const StepTuning tuning = TuneSteps(16, wanted, at::kCPU);
  EXPECT_EQ(tuning.machine, "a machine");
  EXPECT_EQ(tuning.path, "reference");
  EXPECT_EQ(tuning.shapes.size(), 1U);
}

// Whatever the times were: a path that is here, and shares within what is trusted.
TEST(TuneSteps, NamesTheFastestPathAndSharesThatCanBe) {
  const StepTuning tuning = TuneSteps(16, {}, at::kCPU);
  EXPECT_EQ(tuning.path, FastestPathOn(at::kCPU));
  if (tuning.path == kReferencePath) GTEST_SKIP() << "this CPU has none of the paths";
  for (const double share : {tuning.dense_above_fp32, tuning.dense_above_bf16}) {
    EXPECT_GE(share, 0.005);
    EXPECT_LE(share, 0.5);
  }
}

}  // namespace
}  // namespace saelaw
