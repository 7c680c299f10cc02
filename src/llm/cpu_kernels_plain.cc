// This file compiles the kernels without assumptions about the machine: vectors have 16 bytes,
// which the compiler maps to SSE2, NEON or plain loops.
#include "llm/cpu_kernels.h"

#define SAELAW_VECTOR_BYTES 16
#include "llm/cpu_kernels_impl.h"

namespace saelaw {

const LlamaKernels& LlamaKernelsPlain() { return kKernels; }

}  // namespace saelaw
