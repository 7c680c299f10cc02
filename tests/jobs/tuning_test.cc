#include "jobs/tuning.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "jobs/job.h"

namespace saelaw {
namespace {

StepTuning OnAGpu() {
  StepTuning tuning{"cuda", 0.1, 0.2};
  tuning.machine = "NVIDIA H200, driver 580.65";
  tuning.shapes = {{{4096, 2048}, {0, 3, 1}}, {{16384, 4096}, {}}};
  return tuning;
}

TEST(StepTuning, ComesBackWhole) {
  const StepTuning back = StepTuningFromJson(ToJson(OnAGpu()));
  EXPECT_EQ(ToJson(back), ToJson(OnAGpu()));
  EXPECT_EQ(back.path, "cuda");
  EXPECT_EQ(back.machine, "NVIDIA H200, driver 580.65");
  ASSERT_NE(FindShape(back, {4096, 2048}), nullptr);
  EXPECT_EQ(FindShape(back, {4096, 2048})->algorithms, (std::vector<int>{0, 3, 1}));
  EXPECT_EQ(FindShape(back, {4096, 4096}), nullptr);
  EXPECT_THROW(StepTuningFromJson("{}"), Error);
}

TEST(StepTuning, OfAnEarlierVersionNamesNoMachine) {
  const StepTuning old =
      StepTuningFromJson(R"({"path":"amx","dense_above_fp32":0.5,"dense_above_bf16":0.25})");
  EXPECT_EQ(old.path, "amx");
  EXPECT_EQ(old.dense_above_bf16, 0.25);
  EXPECT_TRUE(old.machine.empty());
}

TEST(StepTuning, TravelsInJobsAndMeasurements) {
  Job job;
  job.tuning = OnAGpu();
  EXPECT_EQ(ToJson(JobFromJson(ToJson(job)).tuning), ToJson(OnAGpu()));
  Measurement measurement;
  measurement.tuning = OnAGpu();
  measurement.device_bytes_total = 150e9;
  measurement.device_bytes_free = 149e9;
  const Measurement back = MeasurementFromJson(ToJson(measurement));
  EXPECT_EQ(ToJson(back.tuning), ToJson(OnAGpu()));
  EXPECT_EQ(back.device_bytes_total, 150e9);
  EXPECT_EQ(back.device_bytes_free, 149e9);
}

// What an earlier version stored says nothing of a GPU's memory.
TEST(Measurement, OfAnEarlierVersionIsRead) {
  const Measurement old = MeasurementFromJson(
      R"({"source_key":"k","d_in":64,"training_tokens":-1,"held_out_tokens":128,)"
      R"("activation_scale":0.5,"mean_squared_norm":4,"max_squared_norm":9,)"
      R"("mean_vector_share":0.1,"tokens_per_second":1000,)"
      R"("tuning":{"path":"avx2","dense_above_fp32":0.05,"dense_above_bf16":0.04}})");
  EXPECT_EQ(old.device_bytes_total, 0);
  EXPECT_EQ(old.tuning.path, "avx2");
  EXPECT_TRUE(old.tuning.shapes.empty());
}

// Else a measurement on another machine would be taken for done, by the folder of the first.
TEST(JobId, OfAMeasuringJobIsAlsoThatOfTheMachineAndTheShapes) {
  Job job;
  job.kind = JobKind::kMeasure;
  const std::string id = ComputeId(job);
  job.tuning.machine = "another";
  EXPECT_NE(ComputeId(job), id);
  const std::string there = ComputeId(job);
  job.tuning.shapes = {{{4096, 2048}, {}}};
  EXPECT_NE(ComputeId(job), there);
  job.kind = JobKind::kTrain;
  const std::string train = ComputeId(job);
  job.tuning = {};
  EXPECT_EQ(ComputeId(job), train);
}

}  // namespace
}  // namespace saelaw
