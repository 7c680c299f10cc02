// The order of a step's kernels and products. `Device` is who carries them
// out: CUDA, or the tests' emulator. It has
//   void Launch(kernel, Grid, int threads, std::size_t shared_bytes, arguments...);
//   void Multiply(SaelawGpuProduct, const StepView&);
// which throw what they like.
#pragma once

#include <algorithm>

#include "gpu/grid.h"
#include "sae/gpu/decode.cuh"
#include "sae/gpu/differentiate.cuh"
#include "sae/gpu/finish.cuh"
#include "sae/gpu/prepare.cuh"
#include "sae/gpu/products.h"
#include "sae/gpu/tiles.cuh"
#include "sae/gpu/update.cuh"

namespace saelaw::gpu {

// The most shared memory that any kernel of a step asks for.
inline std::size_t MostSharedBytes(const Sizes& sizes) {
  return std::max(UpdateSharedBytes(sizes.width, kUpdateRows), DecodeSharedBytes(sizes.width));
}

template <typename Device>
void Prepare(Device& device, const StepView& view) {
  const Sizes& sizes = view.sizes;
  const Grid rows{sizes.d_sae};
  device.Launch(
      CopyOperands, rows, sizes.threads, 0, view, view.model.parameters.w_enc, view.w_enc);
  device.Launch(
      CopyOperands, rows, sizes.threads, 0, view, view.model.parameters.w_dec, view.w_dec);
}

// From the encoder's product to the gradients, by matrices; then the update.
template <typename Device>
void EnqueueDense(Device& device, const StepView& view, Grid tiles) {
  const Sizes& sizes = view.sizes;
  device.Launch(Activate, tiles, kTileWarps * kWarp, kActivateSharedBytes, view);
  device.Multiply(kSaelawGpuDecode, view);
  device.Launch(
      CompareDense, Grid{sizes.token_blocks}, sizes.threads, DecodeSharedBytes(sizes.width), view);
  device.Multiply(kSaelawGpuDLatents, view);
  device.Launch(Differentiate, Grid{sizes.d_sae}, kMostThreads, kDifferentiateSharedBytes, view);
  device.Multiply(kSaelawGpuDDecoder, view);
  device.Multiply(kSaelawGpuDEncoder, view);
  device.Launch(UpdateDense,
                Grid{sizes.groups},
                sizes.threads,
                UpdateSharedBytes(sizes.width, kUpdateRows),
                view);
}

// The same entry by entry.
template <typename Device>
void EnqueueSparse(Device& device, const StepView& view, Grid tiles) {
  const Sizes& sizes = view.sizes;
  const int warps = kMostThreads / kWarp;
  device.Launch(MarkEntries, tiles, kTileWarps * kWarp, kMarkSharedBytes, view);
  device.Launch(FindCrowded, Grid{CountParts(sizes.d_sae, warps)}, kMostThreads, 0, view);
  device.Launch(
      Decode, Grid{sizes.token_blocks}, sizes.threads, DecodeSharedBytes(sizes.width), view);
  device.Launch(
      SumCrowded, Grid{sizes.lists, 2 * kMostCrowded}, sizes.threads, sizeof(EntryLists), view);
  device.Launch(UpdateDecoders,
                Grid{sizes.d_sae},
                sizes.threads,
                UpdateSharedBytes(sizes.width, kDecoderRows),
                view);
  device.Launch(UpdateEncoders,
                Grid{sizes.groups},
                sizes.threads,
                UpdateSharedBytes(sizes.width, kUpdateRows),
                view);
}

template <typename Device>
void EnqueueStep(Device& device, const StepView& view, bool dense) {
  const Sizes& sizes = view.sizes;
  const Grid tiles{CountParts(sizes.tokens, kTileTokens),
                   CountParts(sizes.d_sae, kTileLatents * kTileWarps)};
  device.Launch(Centre, Grid{sizes.tokens}, sizes.threads, 0, view);
  device.Multiply(kSaelawGpuEncode, view);
  if (dense) {
    EnqueueDense(device, view, tiles);
  } else {
    EnqueueSparse(device, view, tiles);
  }
  const Grid columns{CountParts(sizes.d_in, kFinishColumns) + 1};
  device.Launch(Finish, columns, kFinishThreads, kFinishSharedBytes, view);
}

}  // namespace saelaw::gpu
