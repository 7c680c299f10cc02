// The room of the CPU steppers in a StepWorkspace.
#pragma once

#include "sae/cpu/dense.h"
#include "sae/cpu/memory.h"
#include "sae/cpu/sparse.h"

namespace saelaw {

// `T` is the type of operands.
template <typename T>
struct CpuWorkspace {
  Buffer<T> inputs, errors;  // [tokens, stride]
  Buffer<Bf16> panels;
  Buffer<float> l0, slopes, bias_gradients, theta;
  Buffer<double> squares;
  SparseWorkspace sparse;
  DenseWorkspace<T> dense;
};

}  // namespace saelaw
