// How the language model's kernels are started. `Device` is who starts them, as for sae/gpu's.
#pragma once

#include <algorithm>

#include "gpu/failure.h"
#include "gpu/grid.h"
#include "llm/gpu/kernels.cuh"

namespace saelaw::gpu {

// Threads of a block that shares a row of so many units of work.
inline int ThreadsFor(std::int64_t units) {
  return static_cast<int>(std::min<std::int64_t>(PaddedTo(units, kWarp), kMostThreads));
}

// Each as the function of SaelawLlamaTable.
template <typename Device>
void EnqueueAddNorm(Device& device,
                    Bf16* x,
                    const Bf16* delta,
                    const Bf16* weight,
                    float epsilon,
                    std::int64_t rows,
                    std::int64_t width,
                    Bf16* normed) {
  device.Launch(AddNorm,
                Grid{static_cast<int>(rows)},
                ThreadsFor(width / kEight),
                sizeof(Parts<float>),
                x,
                delta,
                weight,
                epsilon,
                static_cast<int>(width),
                normed);
}

template <typename Device>
void EnqueueRotate(Device& device, const SaelawLlamaHeads& heads) {
  const std::int64_t units = heads.rotated * heads.head_dim / (2 * kEight);
  device.Launch(Rotate, Grid{static_cast<int>(heads.rows)}, ThreadsFor(units), 0, heads);
}

template <typename Device>
void EnqueueGate(
    Device& device, const Bf16* gate_up, std::int64_t rows, std::int64_t width, Bf16* act) {
  device.Launch(Gate,
                Grid{static_cast<int>(rows)},
                ThreadsFor(width / kEight),
                0,
                gate_up,
                static_cast<int>(width),
                act);
}

// The table over such devices: `DeviceOn` makes one of a stream. What a launch throws becomes a
// code.
template <typename DeviceOn>
SaelawLlamaTable MakeLlamaTable() {
  return {kSaelawLlamaVersion,
          [] { return LastFailure().c_str(); },
          [](Bf16* x,
             const Bf16* delta,
             const Bf16* weight,
             float epsilon,
             std::int64_t rows,
             std::int64_t width,
             Bf16* normed,
             void* stream) {
            return Guarded([&] {
              auto device = DeviceOn()(stream);
              EnqueueAddNorm(device, x, delta, weight, epsilon, rows, width, normed);
            });
          },
          [](const SaelawLlamaHeads* heads, void* stream) {
            return Guarded([&] {
              auto device = DeviceOn()(stream);
              EnqueueRotate(device, *heads);
            });
          },
          [](const Bf16* gate_up, std::int64_t rows, std::int64_t width, Bf16* act, void* stream) {
            return Guarded([&] {
              auto device = DeviceOn()(stream);
              EnqueueGate(device, gate_up, rows, width, act);
            });
          }};
}

}  // namespace saelaw::gpu
