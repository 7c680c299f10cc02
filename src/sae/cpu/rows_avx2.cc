// The row kernels in vectors of 32 bytes. The build gives this file instructions that not every CPU
// has, and all of its code is of internal linkage, so that none of it can be linked into what other
// CPUs run.
#define SAELAW_VECTOR_BYTES 32
#include "sae/cpu/rows_impl.h"

namespace saelaw {

template <>
const RowKernels<float>& RowKernelsAvx2<float>() {
  return kRowKernels<float>;
}
template <>
const RowKernels<Bf16>& RowKernelsAvx2<Bf16>() {
  return kRowKernels<Bf16>;
}

}  // namespace saelaw
