// The language model's CUDA kernels, run on the CPU by the emulator, against LibTorch's operations.
#include "llm/gpu_kernels.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "gpu_emulator/emulator.h"
#include "llm/llama_block.h"
#include "llm/rope.h"

// The emulator's names come before the device code.
#include "llm/gpu/sequence.h"

namespace saelaw::gpu {
namespace {

emulator::Order order = emulator::Order::kForward;

struct Emulated {
  emulator::Launcher operator()(void*) const { return emulator::Launcher(order); }
};
const SaelawLlamaTable kEmulated = MakeLlamaTable<Emulated>();

class LlamaGpuKernels : public ::testing::TestWithParam<emulator::Order> {
 protected:
  LlamaGpuKernels() : former_(SetLlamaTableForTest(&kEmulated)) { order = GetParam(); }
  ~LlamaGpuKernels() override { SetLlamaTableForTest(former_); }

  static at::Tensor Random(at::IntArrayRef sizes) { return at::randn(sizes).to(at::kBFloat16); }
  static double Distance(const at::Tensor& got, const at::Tensor& want) {
    return ((got.to(at::kFloat) - want).norm() / want.norm()).item<double>();
  }
  // A result that was rounded once.
  static constexpr double kRounded = 2.5e-3;

 private:
  const SaelawLlamaTable* former_;
};

TEST_P(LlamaGpuKernels, AddNormAddsAndNormalises) {
  // One eight for each thread, some threads without, and several for each.
  for (const std::int64_t width : {48, 576, 2064}) {
    const at::Tensor before = Random({2, 3, width}), delta = Random({2, 3, width});
    const at::Tensor weight = Random({width});
    for (const bool adds : {false, true}) {
      at::Tensor x = before.clone();
      const at::Tensor normed = AddNormByKernel(x, adds ? delta : at::Tensor(), weight, 1e-5);
      const at::Tensor sum = adds ? before + delta : before;
      EXPECT_TRUE(x.equal(sum)) << width;
      const at::Tensor want = RmsNorm(sum.to(at::kFloat), weight.to(at::kFloat), 1e-5);
      EXPECT_LT(Distance(normed, want), kRounded) << width;
    }
  }
}

TEST_P(LlamaGpuKernels, RotateTurnsTheFirstHeadsAlone) {
  constexpr std::int64_t kHeads = 7, kRotated = 5, kContext = 9;
  for (const std::int64_t head_dim : {16, 64}) {
    const at::Tensor frequencies = at::exp(at::rand({head_dim / 2}) * -3);
    const RotaryTables rotary = MakeRotaryTables(frequencies, kContext, at::kBFloat16);
    const at::Tensor before = Random({2, kContext, kHeads, head_dim});
    at::Tensor heads = before.clone();
    RotateByKernel(heads, kRotated, rotary.cosine, rotary.sine);
    const at::Tensor x = before.narrow(2, 0, kRotated).to(at::kFloat);
    const std::int64_t half = head_dim / 2;
    const at::Tensor swapped = at::cat({x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)}, -1);
    const at::Tensor want = x * rotary.cosine.to(at::kFloat) + swapped * rotary.sine.to(at::kFloat);
    EXPECT_LT(Distance(heads.narrow(2, 0, kRotated), want), kRounded) << head_dim;
    EXPECT_TRUE(heads.narrow(2, kRotated, kHeads - kRotated)
                    .equal(before.narrow(2, kRotated, kHeads - kRotated)));
  }
}

TEST_P(LlamaGpuKernels, GateIsSiluTimesUp) {
  for (const std::int64_t width : {8, 1536, 2560}) {
    // Beyond ±88 the exponential is infinite or 0.
    const at::Tensor gate_up = at::cat({Random({3, width}) * 40, Random({3, width})}, -1);
    const at::Tensor wide = gate_up.to(at::kFloat);
    const at::Tensor want = at::silu(wide.narrow(1, 0, width)) * wide.narrow(1, width, width);
    const at::Tensor got = GateByKernel(gate_up);
    EXPECT_TRUE(at::isfinite(got).all().item<bool>());
    EXPECT_LT(Distance(got, want), kRounded) << width;
  }
}

INSTANTIATE_TEST_SUITE_P(Orders,
                         LlamaGpuKernels,
                         ::testing::Values(emulator::Order::kForward, emulator::Order::kBackward));

}  // namespace
}  // namespace saelaw::gpu
