// This file compiles the kernels for AVX-512, whose vectors have 64 bytes.
#include "llm/cpu_kernels.h"

#if defined(__x86_64__)

// Only what follows is compiled for these instructions, never a function of a shared header.
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,fma")
#define SAELAW_VECTOR_BYTES 64
#include "llm/cpu_kernels_impl.h"

namespace saelaw {

const LlamaKernels& LlamaKernelsAvx512() { return kKernels; }

}  // namespace saelaw

#endif
