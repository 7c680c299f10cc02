// This file compiles the kernels for AVX2, whose vectors have 32 bytes.
#include "llm/cpu_kernels.h"

#if defined(__x86_64__)

// Only what follows is compiled for these instructions, never a function of a shared header.
#pragma GCC target("avx2,fma")
#define SAELAW_VECTOR_BYTES 32
#include "llm/cpu_kernels_impl.h"

namespace saelaw {

const LlamaKernels& LlamaKernelsAvx2() { return kKernels; }

}  // namespace saelaw

#endif
