// The CUDA library's table over host memory: the same kernels and the same order, by the emulator,
// with plain products in cuBLASLt's place.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "gpu/failure.h"
#include "gpu_emulator/emulator.h"

// The emulator's names come before the device code.
#include "sae/gpu/sequence.h"

namespace saelaw::gpu::emulator {

// What the emulator is told from outside, and what it saw.
struct Conduct {
  Order order = Order::kForward;
  int dense_steps = 0, sparse_steps = 0, prepared = 0;
  bool fail = false;  // the next step
  // Called after each step with everything that it left in memory.
  std::function<void(const StepView&, bool dense)> inspect;
};
inline Conduct& TheConduct() {
  static Conduct conduct;
  return conduct;
}

inline float At(const Operand& operand, int row, int column) {
  const int stored_row = operand.transposed ? column : row;
  const int stored_column = operand.transposed ? row : column;
  return ToFloat(
      operand.data[static_cast<std::size_t>(stored_row) * operand.stride + stored_column]);
}

inline void MultiplyPlainly(const Product& product) {
  std::vector<float> b(static_cast<std::size_t>(product.k) * product.n);
  for (int k = 0; k < product.k; ++k) {
    for (int j = 0; j < product.n; ++j) {
      b[static_cast<std::size_t>(k) * product.n + j] = At(product.b, k, j);
    }
  }
  std::vector<float> sums(static_cast<std::size_t>(product.n));
  for (int i = 0; i < product.m; ++i) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (int k = 0; k < product.k; ++k) {
      const float a = At(product.a, i, k);
      const float* row = b.data() + static_cast<std::size_t>(k) * product.n;
      for (int j = 0; j < product.n; ++j) sums[j] += a * row[j];
    }
    const std::size_t to = static_cast<std::size_t>(i) * product.stride;
    for (int j = 0; j < product.n; ++j) {
      if (product.sums != nullptr) {
        product.sums[to + j] = sums[j];
      } else {
        product.c[to + j] = ToBf16(sums[j]);
      }
    }
  }
}

struct HostDevice : Launcher {
  HostDevice() : Launcher(TheConduct().order) {}
  void Multiply(SaelawGpuProduct which, const StepView& view) {
    MultiplyPlainly(MakeProduct(which, view));
  }
};

}  // namespace saelaw::gpu::emulator

struct SaelawGpuStepper {
  SaelawGpuShape shape;
  SaelawGpuSettings settings;
  saelaw::gpu::StepView view;
};

namespace saelaw::gpu::emulator {

inline std::int32_t Step(SaelawGpuStepper* stepper, const SaelawGpuStep* step, void*) {
  return Guarded([&] {
    if (std::exchange(TheConduct().fail, false)) throw std::runtime_error("as asked");
    const bool dense = step->dense != 0;
    StepView view{};
    if (PlaceScratch(MakeSizes({stepper->shape.d_in, stepper->shape.d_sae, step->tokens}),
                     dense,
                     nullptr,
                     view) > step->scratch_bytes) {
      throw std::runtime_error("too little scratch");
    }
    // What an earlier step left must not be leant on.
    std::memset(step->scratch, 0xff, step->scratch_bytes);
    view = WithScratch(stepper->view, step->tokens, dense, step->scratch);
    HostDevice device;
    device.Launch(SetNow, Grid{}, kWarp, 0, MakeNow(stepper->settings, *step), view.now);
    EnqueueStep(device, view, dense);
    (dense ? TheConduct().dense_steps : TheConduct().sparse_steps) += 1;
    if (TheConduct().inspect) TheConduct().inspect(view, dense);
  });
}

inline const SaelawGpuTable& EmulatedTable() {
  static const SaelawGpuTable table = {
      kSaelawGpuVersion,
      [] { return LastFailure().c_str(); },
      [](const SaelawGpuShape* shape, SaelawGpuMemory* memory) {
        StepView view{};
        const Sizes sizes = MakeSizes(*shape);
        *memory = {PlaceOwn(sizes, nullptr, view),
                   PlaceScratch(sizes, false, nullptr, view),
                   PlaceScratch(sizes, true, nullptr, view)};
        return std::int32_t{kSaelawGpuOk};
      },
      [](const SaelawGpuShape* shape,
         const SaelawGpuSettings* settings,
         const SaelawGpuModel* model,
         void* own,
         SaelawGpuStepper** stepper) {
        *stepper =
            new SaelawGpuStepper{*shape, *settings, MakeStepView(*shape, *settings, *model, own)};
        return std::int32_t{kSaelawGpuOk};
      },
      [](SaelawGpuStepper* stepper) { delete stepper; },
      [](SaelawGpuStepper* stepper, void*) {
        TheConduct().prepared += 1;
        return Guarded([&] {
          HostDevice device;
          Prepare(device, stepper->view);
        });
      },
      Step,
      [](const SaelawGpuShape*, std::int32_t, std::int32_t* count) {
        *count = 1;
        return std::int32_t{kSaelawGpuOk};
      },
      [](const SaelawGpuShape*) { return std::size_t{0}; },
      [](const SaelawGpuShape*, std::int32_t, std::int32_t, void*, void*, float* milliseconds) {
        *milliseconds = 1;
        return std::int32_t{kSaelawGpuOk};
      }};
  return table;
}

}  // namespace saelaw::gpu::emulator
