#include "sae/cpu/kernels.h"
#include "sae/cpu/screen_checks.h"

namespace saelaw {
namespace {

TEST(ScreenAmx, KeepsAndEncodesWhatPlainLoopsDo) {
  if (!AllCpuInstructions()[0].are_here()) GTEST_SKIP() << "this CPU has no amx";
  testing::ScreenCase screen;
  screen.ExpectEntries(ScreenAmx);
  screen.ExpectSums(EncodeAmx);
  screen.ExpectNanIsKept(ScreenAmx);
}

}  // namespace
}  // namespace saelaw
