#include "llm/cpu_kernels.h"

#define SAELAW_VECTOR_BYTES 16
#include "llm/cpu_kernels_impl.h"

namespace saelaw {

const LlamaKernels& LlamaKernelsPlain() { return kKernels; }

}  // namespace saelaw
