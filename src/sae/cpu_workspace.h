// What StepWorkspace holds for the steppers with kernels of their own.
#pragma once

#include <type_traits>

#include <ATen/core/Tensor.h>

#include "sae/cpu_dense.h"
#include "sae/cpu_memory.h"
#include "sae/cpu_sparse.h"
#include "sae/stepper.h"

namespace saelaw {

template <typename T>
struct CpuWorkspace {
  Buffer<T> inputs, errors;  // [tokens, stride]
  Buffer<Bf16> panels;
  Buffer<float> l0, slopes, bias_gradients, theta;
  Buffer<double> squares;
  SparseWorkspace sparse;
  DenseWorkspace<T> dense;
};

struct StepWorkspace::Impl {
  CpuWorkspace<float> fp32;
  CpuWorkspace<Bf16> bf16;
  at::Tensor gpu;  // bytes on the GPU

  template <typename T>
  CpuWorkspace<T>& Of() {
    if constexpr (std::is_same_v<T, Bf16>) {
      return bf16;
    } else {
      return fp32;
    }
  }
};

}  // namespace saelaw
