#include "sae/cpu/kernels.h"
#include "sae/cpu/rows_checks.h"

namespace saelaw {
namespace {

TEST(RowKernelsAvx2, DoWhatPlainLoopsDo) {
  if (!AllCpuInstructions()[3].are_here()) GTEST_SKIP() << "this CPU has no avx2";
  testing::RowChecks<float>(RowKernelsAvx2<float>()).Run();
  testing::RowChecks<Bf16>(RowKernelsAvx2<Bf16>()).Run();
}

}  // namespace
}  // namespace saelaw
