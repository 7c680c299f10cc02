#include "sae/cpu/kernels.h"
#include "sae/cpu/screen_checks.h"

namespace saelaw {
namespace {

TEST(ScreenAvx512Bf16, KeepsAndEncodesWhatPlainLoopsDo) {
  if (!AllCpuInstructions()[1].are_here()) GTEST_SKIP() << "this CPU has no avx512_bf16";
  testing::ScreenCase screen;
  screen.ExpectEntries(ScreenAvx512Bf16);
  screen.ExpectSums(EncodeAvx512Bf16);
  screen.ExpectNanIsKept(ScreenAvx512Bf16);
}

}  // namespace
}  // namespace saelaw
