#include "sae/cpu/kernels.h"

#include <string>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Job files hold the names, and the first that is here is taken.
TEST(AllCpuInstructions, GoFromTheFastestDown) {
  std::string names;
  bool here = false;
  for (const CpuInstructions& instructions : AllCpuInstructions()) {
    names += std::string(instructions.name) + " ";
    // What a CPU can do, it can do with less as well.
    EXPECT_TRUE(!here || instructions.are_here()) << instructions.name;
    here = here || instructions.are_here();
    EXPECT_EQ(instructions.screen != nullptr, instructions.multiply_bf16) << instructions.name;
    EXPECT_EQ(instructions.screen != nullptr, instructions.screen_bytes > 0);
  }
  EXPECT_EQ(names, "amx avx512_bf16 avx512 avx2 ");
}

// The fused product is one of bf16: operands in fp32 must not be read as such.
TEST(FindCpuKernels, HaveAScreenForBf16Alone) {
  const CpuInstructions& amx = AllCpuInstructions().front();
  if (!amx.are_here()) GTEST_SKIP() << "this CPU has no amx";
  EXPECT_EQ(FindCpuKernels<float>(amx).screen, nullptr);
  EXPECT_EQ(FindCpuKernels<float>(amx).encode, nullptr);
  EXPECT_EQ(FindCpuKernels<Bf16>(amx).screen, amx.screen);
}

void NoScreen(const PackedBatch&, const ScreenRows&, const ScreenLists&) {}

TEST(BlockLatents, AreWholeTilesThatFitTheCacheAndLeaveEnoughToShare) {
  CpuKernels<Bf16> screen;
  screen.screen = NoScreen;
  screen.screen_bytes = 344 * 1024;
  // 344 KiB hold 83 rows of 2,112 bf16: two tiles of 32.
  EXPECT_EQ(BlockLatents(screen, 2112, 4096, 16384), 64U);
  // Of 1,024 latents a sixteenth is 64, whatever would fit.
  EXPECT_EQ(BlockLatents(screen, 96, 4096, 1024), 64U);
  // Never less than a tile, and never more than a call takes.
  EXPECT_EQ(BlockLatents(screen, 1 << 20, 4096, 16384), 32U);
  EXPECT_EQ(BlockLatents(screen, 96, 4096, 1 << 20), kScreenLatents);
  // Without a screen LibTorch's products of a block are 2^21 numbers at most.
  EXPECT_EQ(BlockLatents(CpuKernels<float>(), 2112, 16384, 1 << 20), 128U);
}

}  // namespace
}  // namespace saelaw
