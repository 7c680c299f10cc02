// The row kernels in vectors of 64 bytes. This file is compiled with AVX-512, so nothing in it may
// be called before the CPU was asked; internal linkage keeps its functions out of other files.
#define SAELAW_VECTOR_BYTES 64
#include "sae/cpu/rows_impl.h"

namespace saelaw {

template <>
const RowKernels<float>& RowKernelsAvx512<float>() {
  return kRowKernels<float>;
}
template <>
const RowKernels<Bf16>& RowKernelsAvx512<Bf16>() {
  return kRowKernels<Bf16>;
}

}  // namespace saelaw
