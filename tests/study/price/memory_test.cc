#include "study/price/memory.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "sae/gpu/view.h"
#include "study/price/gangs.h"

namespace saelaw {
namespace {

RunSpec Large() {
  RunSpec run;
  run.source.d_in = 2048;
  run.sae.d_sae = 16384;
  run.training.batch_tokens = 1024;
  return run;
}

ModelShape Llama() { return {"llama-3.2-1b", 1200000000, 16, 2048, 8192, 32, 8, 64, 128256}; }

RunSpec OnAModel() {
  RunSpec run = Large();
  run.source.kind = SourceKind::kModel;
  return run;
}

// benchmarks/results/2026-11-23-memory.json, "synthetic, large": 1,079,463,936 bytes at the peak
// above the same process idle with its held-out vectors.
TEST(EstimateBytes, IsNearWhatWasMeasuredOnACpu) {
  const RunSpec run = Large();
  const double idle = 250e6 + 4.0 * 2048 * static_cast<double>(run.source.held_out_tokens);
  const double predicted = EstimateBytes(run, std::nullopt, "cpu", "amx").total() - idle;
  EXPECT_NEAR(predicted / 1079463936.0, 1, 0.15);
}

TEST(EstimateBytes, CountsTheLanguageModelItsBlocksAndTheHeldOutVectors) {
  const double weights = 2 * 1.2e9;  // bf16
  const double held_out = 4.0 * 2048 * 16384, block = 2.0 * 2048 * 160 * 255;
  for (const char* device : {"cpu", "cuda"}) {
    const double without = EstimateBytes(OnAModel(), std::nullopt, device, "").shared;
    const double with = EstimateBytes(OnAModel(), Llama(), device, "").shared;
    EXPECT_GE(with - without, weights) << device;
    EXPECT_LE(with - without, 2 * weights + 3e9) << device;
    RunSpec no_held_out = OnAModel();
    no_held_out.source.held_out_tokens = 0;
    no_held_out.source.model.held_out_documents = 0;
    EXPECT_DOUBLE_EQ(without - EstimateBytes(no_held_out, std::nullopt, device, "").shared,
                     held_out);
    EXPECT_GE(without, held_out + block);
  }
  // One block is computed ahead on a GPU.
  EXPECT_DOUBLE_EQ(StreamBytes(OnAModel().source, {}, 0, true) + 250e6 -
                       StreamBytes(OnAModel().source, {}, 0, false),
                   block);
  RunSpec wide = OnAModel();
  wide.source.model.precision = Precision::kFp32;
  EXPECT_GE(EstimateBytes(wide, Llama(), "cpu", "").shared, 4 * 1.2e9);
}

TEST(BytesOfGang, CountsOnceWhatIsShared) {
  const std::vector<RunSpec> four(4, OnAModel());
  const TrainerBytes one = EstimateBytes(OnAModel(), Llama(), "cuda", "cuda");
  EXPECT_DOUBLE_EQ(BytesOfGang(four, Llama(), "cuda", "cuda"), one.shared + 4 * one.own);
  std::vector<RunSpec> mixed = four;
  mixed[2].sae.d_sae = 65536;  // works in more memory than the others
  const TrainerBytes large = EstimateBytes(mixed[2], Llama(), "cuda", "cuda");
  EXPECT_DOUBLE_EQ(BytesOfGang(mixed, Llama(), "cuda", "cuda"), large.total() + 3 * one.own);
}

TEST(EstimateStepMemory, IsTheReferencesWhereOwnKernelsDoNotApply) {
  TrainingSpec training;
  EXPECT_EQ(EstimateStepMemory({}, training, "cpu", "amx"), StepMemory::kCpuKernels);
  EXPECT_EQ(EstimateStepMemory({}, training, "cpu", "reference"), StepMemory::kReference);
  EXPECT_EQ(EstimateStepMemory({}, training, "cuda", "cuda"), StepMemory::kGpuKernels);
  EXPECT_EQ(EstimateStepMemory({}, training, "cuda:1", ""), StepMemory::kGpuKernels);
  // As a job file of an earlier version says it, which took the reference there.
  EXPECT_EQ(EstimateStepMemory({}, training, "cuda", "amx"), StepMemory::kReference);
  training.gradient_clip = 1;
  EXPECT_EQ(EstimateStepMemory({}, training, "cuda", "cuda"), StepMemory::kReference);
  EXPECT_EQ(EstimateStepMemory({}, training, "cpu", "amx"), StepMemory::kReference);
}

// Architectures without kernels, and the auxiliary loss, are left to the reference, which is what
// the trainer does (sae/tune/accelerations.h).
TEST(EstimateStepMemory, FollowsTheArchitecture) {
  SaeSpec sae;
  sae.architecture = SaeArchitecture::kTopK;
  EXPECT_EQ(EstimateStepMemory(sae, {}, "cpu", "amx"), StepMemory::kReference);
  sae.architecture = SaeArchitecture::kBatchTopK;
  EXPECT_EQ(EstimateStepMemory(sae, {}, "cpu", "amx"), StepMemory::kCpuKernels);
  EXPECT_EQ(EstimateStepMemory(sae, {}, "cuda", "cuda"), StepMemory::kReference);
  TrainingSpec training;
  for (const auto method : {DeadLatents::kAuxK, DeadLatents::kPreActs}) {
    training.dead_latents = method;
    EXPECT_EQ(EstimateStepMemory({}, training, "cpu", "amx"), StepMemory::kReference);
  }
  training.dead_latents = DeadLatents::kResample;
  EXPECT_EQ(EstimateStepMemory({}, training, "cpu", "amx"), StepMemory::kCpuKernels);
  training.penalty = PenaltyShape::kTanh;
  EXPECT_EQ(EstimateStepMemory({}, training, "cpu", "amx"), StepMemory::kReference);
}

// Choosing the largest takes room, and so does another loss beside the first.
TEST(WorkingBytes, AreThoseOfTheArchitecture) {
  RunSpec run = Large();
  const auto bytes = [&] {
    return WorkingBytes(run.sae, run.source.d_in, run.training, StepMemory::kReference);
  };
  const double jump_relu = bytes();
  run.training.dead_latents = DeadLatents::kAuxK;
  const double revived = bytes();
  EXPECT_GT(revived, jump_relu);
  run.training.dead_latents = DeadLatents::kNone;
  run.sae.architecture = SaeArchitecture::kBatchTopK;
  EXPECT_GT(bytes(), jump_relu);
}

// The library places its arrays by the same arithmetic, on both sides of the border.
TEST(GpuKernels, AreWhatTheLibraryPlaces) {
  for (const SaelawGpuShape shape : {SaelawGpuShape{2048, 16384, 4096},
                                     SaelawGpuShape{576, 4608, 2048},
                                     SaelawGpuShape{37, 41, 5},
                                     SaelawGpuShape{64, 1500, 250}}) {
    const gpu::Sizes sizes = gpu::MakeSizes(shape);
    gpu::StepView view{};
    const GpuKernelBytes bytes = GpuKernels(shape.d_in, shape.d_sae, shape.tokens);
    EXPECT_EQ(bytes.own, static_cast<double>(gpu::PlaceOwn(sizes, nullptr, view)));
    EXPECT_EQ(bytes.scratch,
              static_cast<double>(std::max(gpu::PlaceScratch(sizes, false, nullptr, view),
                                           gpu::PlaceScratch(sizes, true, nullptr, view))));
  }
}

class Room : public ::testing::Test {
 protected:
  Room() {
    gpu_.device = "cuda";
    gpu_.devices = {"cuda"};
    measured_.device_bytes_total = 80e9;
    measured_.device_bytes_free = 50e9;
  }
  double Of(const Execution& execution, const std::vector<Job>& refused = {}) const {
    return GangRoom(execution, 10e9, measured_, std::nullopt, refused);
  }

  Execution gpu_;
  Measurement measured_;
};

TEST_F(Room, IsAShareOfWhatIsThereOverTheTrainers) {
  EXPECT_DOUBLE_EQ(Of({}), 7e9);
  EXPECT_DOUBLE_EQ(Of(gpu_), 45e9);
  gpu_.workers = 3;
  gpu_.devices = {"cuda:0", "cuda:1"};  // measured on one, of which each has its own
  EXPECT_DOUBLE_EQ(Of(gpu_), 15e9);
  measured_.device_bytes_free = 0;  // an earlier version's measurement
  EXPECT_EQ(Of(gpu_), std::numeric_limits<double>::infinity());
}

TEST_F(Room, IsNoMoreThanTheLargerHalfOfWhatDidNotFit) {
  Job job;
  job.device = "cuda";
  job.runs.assign(5, Large());
  const std::vector<RunSpec> half(3, Large());
  EXPECT_DOUBLE_EQ(Of(gpu_, {job}), BytesOfGang(half, std::nullopt, "cuda", ""));
  EXPECT_DOUBLE_EQ(Of({}, {job}), 7e9);  // of another device
}

// Gangs are formed to fit: three runs of which two and what they share fit.
TEST_F(Room, IsWhatGangsAreFormedFor) {
  Sweep sweep;
  sweep.execution = gpu_;
  std::vector<PlannedRun> runs(3);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].spec = Large();
    runs[i].spec.tokens = 1024;
    runs[i].spec.seed = i;
    runs[i].predicted = PriceRun(runs[i].spec, sweep, {});
  }
  const std::vector<RunSpec> two(2, Large());
  const double room = BytesOfGang(two, std::nullopt, "cuda", "");
  EXPECT_EQ(FormJobs(runs, gpu_, room, measured_, "").size(), 2U);
  EXPECT_EQ(FormJobs(runs, gpu_, room - 1, measured_, "").size(), 3U);
  EXPECT_EQ(FormJobs(runs, gpu_, 2 * room, measured_, "").size(), 1U);
}

}  // namespace
}  // namespace saelaw
