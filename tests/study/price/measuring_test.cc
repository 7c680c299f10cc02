#include "study/price/measuring.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

const std::vector<StepShape> kShapes = {{4096, 2048}, {8192, 2048}};

Place Gpu(bool library = true) { return {"NVIDIA H200, driver 580", true, library}; }

Measurement MeasuredAt(const Place& place, const std::vector<StepShape>& shapes) {
  Measurement measured;
  measured.tuning = ToMeasure(std::nullopt, place, shapes);
  measured.tuning.path = place.has_gpu_library ? "cuda" : "reference";
  return measured;
}

// A measurement is stored under its source alone: what it says of one machine is not of another.
TEST(StillHolds, OnItsOwnMachineAlone) {
  const Place cpu{"AMD EPYC avx2", false, false};
  const Measurement measured = MeasuredAt(cpu, {});
  EXPECT_TRUE(StillHolds(measured, cpu, kShapes));
  EXPECT_FALSE(StillHolds(measured, {"Intel Xeon avx2 amx_bf16", false, false}, kShapes));
  EXPECT_FALSE(StillHolds(measured, Gpu(), kShapes));
  EXPECT_FALSE(StillHolds(MeasuredAt(Gpu(), kShapes), cpu, kShapes));
  EXPECT_FALSE(StillHolds(Measurement{}, cpu, {}));  // an earlier version's
}

TEST(StillHolds, OnAGpuForTheShapesThatWereMeasured) {
  const Measurement measured = MeasuredAt(Gpu(), kShapes);
  EXPECT_TRUE(StillHolds(measured, Gpu(), kShapes));
  EXPECT_TRUE(StillHolds(measured, Gpu(), {kShapes[1]}));
  EXPECT_FALSE(StillHolds(measured, Gpu(), {{4096, 1024}}));
}

TEST(StillHolds, UntilTheLibraryIsThere) {
  const Measurement measured = MeasuredAt(Gpu(false), kShapes);
  EXPECT_TRUE(StillHolds(measured, Gpu(false), kShapes));
  EXPECT_FALSE(StillHolds(measured, Gpu(true), kShapes));
  EXPECT_NE(ToMeasure(measured, Gpu(true), kShapes).path, ToMeasure({}, Gpu(false), {}).path);
}

TEST(ToMeasure, KeepsTheShapesOfTheSameMachine) {
  const Measurement measured = MeasuredAt(Gpu(), {kShapes[0]});
  const StepTuning more = ToMeasure(measured, Gpu(), {kShapes[1]});
  EXPECT_EQ(more.machine, Gpu().machine);
  EXPECT_NE(FindShape(more, kShapes[0]), nullptr);
  EXPECT_NE(FindShape(more, kShapes[1]), nullptr);
  const StepTuning elsewhere = ToMeasure(measured, {"another", true, true}, {kShapes[1]});
  EXPECT_EQ(elsewhere.shapes.size(), 1U);
  EXPECT_TRUE(ToMeasure(measured, {"a CPU", false, false}, kShapes).shapes.empty());
}

TEST(ListStepShapes, AreThoseOfEveryRun) {
  Sweep sweep;
  sweep.sae.d_sae = 4096;
  sweep.loss_law.d_sae = {4096, 8192};
  sweep.extra_runs = {{1024, 2048, 1e-3, ""}};
  sweep.training.batch_tokens = 512;
  const std::vector<StepShape> expected = {{2048, 512}, {4096, 512}, {8192, 512}};
  EXPECT_EQ(ListStepShapes(sweep), expected);
}

// Contexts of 256 mixed 128 at a time, as 0.1.0 mixed them, in batches of 4,096: with a correlation
// of 0.0375 the effect is 2.2, at batch 64 it is 1.02 (an audit's measurements on SmolLM2).
TEST(DesignEffect, IsOfContextsThatABatchHasSeveralVectorsOf) {
  SourceSpec source;
  source.kind = SourceKind::kModel;
  source.model.context_tokens = 256;
  source.model.mixing_tokens = 128 * 255;
  EXPECT_NEAR(DesignEffect(source, 4096, 0.0375), 2.2, 0.01);
  EXPECT_NEAR(DesignEffect(source, 64, 0.0375), 1.02, 0.005);
  source.model.mixing_tokens = 0;  // 32 batches: 514 contexts
  EXPECT_NEAR(DesignEffect(source, 4096, 0.0375), 1.3, 0.01);
  EXPECT_EQ(DesignEffect(SourceSpec(), 4096, 0.0375), 1);
}

TEST(PricedAsMeasured, TakesTheKernelsOfThisMachineWhereTheSweepFixesNone) {
  Sweep sweep;
  const Measurement measured = MeasuredAt(Gpu(false), kShapes);
  EXPECT_EQ(PricedAsMeasured(sweep, measured, Gpu().machine).execution.kernels, "reference");
  EXPECT_EQ(PricedAsMeasured(sweep, measured, "another").execution.kernels, "");
  sweep.execution.kernels = "cuda";
  EXPECT_EQ(PricedAsMeasured(sweep, measured, Gpu().machine).execution.kernels, "cuda");
}

}  // namespace
}  // namespace saelaw
