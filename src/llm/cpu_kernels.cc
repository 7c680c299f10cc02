// Which instructions are there is asked once, when the program runs: one binary serves all
// machines.
#include "llm/cpu_kernels.h"

namespace saelaw {

#if defined(__x86_64__)

const LlamaKernels& BestLlamaKernels() {
  static const LlamaKernels& best =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
          ? LlamaKernelsAvx512()
      : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? LlamaKernelsAvx2()
                                                                        : LlamaKernelsPlain();
  return best;
}

#else

const LlamaKernels& BestLlamaKernels() { return LlamaKernelsPlain(); }

#endif

}  // namespace saelaw
