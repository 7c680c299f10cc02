#include "sae/cpu/kernels.h"
#include "sae/cpu/rows_checks.h"

namespace saelaw {
namespace {

TEST(RowKernelsAvx512, DoWhatPlainLoopsDo) {
  if (!AllCpuInstructions()[2].are_here()) GTEST_SKIP() << "this CPU has no avx512";
  testing::RowChecks<float>(RowKernelsAvx512<float>()).Run();
  testing::RowChecks<Bf16>(RowKernelsAvx512<Bf16>()).Run();
}

}  // namespace
}  // namespace saelaw
