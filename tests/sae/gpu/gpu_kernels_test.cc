// The CUDA kernels, run on the CPU by the emulator: each against plain arithmetic, and what the
// emulator itself must notice.
#include <cstdlib>

#include <gtest/gtest.h>

#include "sae/gpu/gpu_check.h"
#include "sae/gpu_emulator/emulated_table.h"

namespace saelaw::gpu {
namespace {

using testing::DeviceMemory;
using testing::KernelCheck;
using testing::StepCase;
using testing::StepChecker;
using testing::StepEvidence;
using testing::StepRun;

const DeviceMemory kHostMemory{
    [](std::size_t bytes) { return std::aligned_alloc(256, (bytes + 255) / 256 * 256); },
    [](void* memory) { std::free(memory); },
    [](void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }};

class WithEmulator : public ::testing::Test {
 protected:
  WithEmulator() : former_(SetGpuTableForTest(&emulator::EmulatedTable())) {
    emulator::TheConduct() = {};
  }
  ~WithEmulator() override { SetGpuTableForTest(former_); }

 private:
  const SaelawGpuTable* former_;
};

// Sizes that no tile divides, and one where they do; few and many entries; every rule.
const StepCase kCases[] = {
    {"odd", {131, 301, 75}, true, false, false, 0.3, 0.7, 1},
    {"even", {64, 96, 64}, true, false, true, 0.3, 0.7, 2},
    {"log", {20, 24, 9}, false, true, true, 0.3, 0.7, 3},
    {"wide", {2088, 17, 5}, true, true, false, 0.3, 0.7, 4},
    // More entries than a block lists at once: all but a few of 1,100.
    {"crowded token", {24, 1100, 3}, true, false, false, 0.1, -3, 5},
    {"crowded latent", {24, 6, 1100}, true, false, false, 0.1, -3, 6},
    // More of them than have a place; some that are not crowded, but have more than one list.
    {"crowded latents", {8, 70, 600}, true, false, false, 0.1, -3, 7},
    {"lists", {16, 12, 520}, true, false, true, 0.1, 0.3, 8},
};

void ExpectAllPass(const StepCase& of, const StepEvidence& step) {
  for (const KernelCheck& check : StepChecker(step).Run()) {
    EXPECT_TRUE(check.passed()) << of.name << (step.dense ? ", dense: " : ", sparse: ")
                                << check.name << " is off by " << check.error << ", allowed "
                                << check.allowed;
  }
}

class GpuKernels : public WithEmulator, public ::testing::WithParamInterface<StepCase> {};

TEST_P(GpuKernels, DoWhatTheySay) {
  for (const bool dense : {false, true}) {
    StepRun run(GetParam(), kHostMemory);
    const std::int64_t all = GetParam().shape.tokens;
    ExpectAllPass(GetParam(), run.Step(all, dense));
    ExpectAllPass(GetParam(), run.Step(all - 2, dense));  // the last batch of a run is smaller
    // A latent that was left alone is updated: its second moments decay for all the time.
    ExpectAllPass(GetParam(), run.Step(all, true));
  }
}

// A missing barrier lets a thread read what another has not yet written, in one order or the other.
TEST_P(GpuKernels, DoNotDependOnTheOrderOfThreadsAndBlocks) {
  for (const bool dense : {false, true}) {
    std::vector<StepEvidence> seen;
    for (const emulator::Order order : {emulator::Order::kForward, emulator::Order::kBackward}) {
      emulator::TheConduct().order = order;
      StepRun run(GetParam(), kHostMemory);
      seen.push_back(run.Step(GetParam().shape.tokens, dense));
    }
    EXPECT_EQ(seen[0].after.w_enc, seen[1].after.w_enc);
    EXPECT_EQ(seen[0].after.b_enc, seen[1].after.b_enc);
    EXPECT_EQ(seen[0].after.w_dec, seen[1].after.w_dec);
    EXPECT_EQ(seen[0].after.b_dec, seen[1].after.b_dec);
    EXPECT_EQ(seen[0].after.threshold, seen[1].after.threshold);
    EXPECT_EQ(seen[0].second_after.w_dec, seen[1].second_after.w_dec);
    EXPECT_EQ(seen[0].totals[0], seen[1].totals[0]);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GpuKernels, ::testing::ValuesIn(kCases), [](const auto& tested) {
  std::string name = tested.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

// The widest activations of Llama-3.2-1B, mlp_act, on the GPU with the least shared memory for a
// block: 99 KiB on sm_89 (CUDA C++ Programming Guide, table of compute capabilities).
TEST(GpuSharedMemory, OfMlpActFitsAnRtx4090) {
  EXPECT_LE(MostSharedBytes(MakeSizes({8192, 16384, 4096})), std::size_t{99} << 10);
}

// The emulator itself.

void NobodyWaits(int* values, int* sums) {
  const int tid = static_cast<int>(threadIdx.x);
  values[tid] = tid;
  sums[tid] = values[(tid + 1) % 64];
}
void HalfWait(int*, int*) {
  if (threadIdx.x < 32) __syncthreads();
}
void WaitApart(int*, int*) {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
}
void HalfExchange(int* values, int*) {
  if (threadIdx.x % 2 == 0) values[0] = __shfl_xor_sync(kAllLanes, 1, 2);
}
void WriteBeyond(int*, int*) { reinterpret_cast<float*>(SharedMemory())[16] = 1; }
void Wait(int* values, int* sums) {
  const int tid = static_cast<int>(threadIdx.x);
  values[tid] = tid;
  __syncthreads();
  sums[tid] = values[(tid + 1) % 64];
}

std::vector<int> RunBoth(void (*kernel)(int*, int*), emulator::Order order) {
  std::vector<int> values(64, -1), sums(64, -1);
  emulator::Run({1, 1}, 64, 64, order, [&] { kernel(values.data(), sums.data()); });
  return sums;
}

TEST(GpuEmulator, RefusesThreadsThatPart) {
  for (const auto kernel : {HalfWait, WaitApart, HalfExchange, WriteBeyond}) {
    EXPECT_THROW(RunBoth(kernel, emulator::Order::kForward), std::runtime_error);
  }
}

TEST(GpuEmulator, ShowsAMissingBarrierAsADifference) {
  EXPECT_NE(RunBoth(NobodyWaits, emulator::Order::kForward),
            RunBoth(NobodyWaits, emulator::Order::kBackward));
  EXPECT_EQ(RunBoth(Wait, emulator::Order::kForward), RunBoth(Wait, emulator::Order::kBackward));
}

}  // namespace
}  // namespace saelaw::gpu
