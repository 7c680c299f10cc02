// The order of a step's kernels and products. `Device` is who carries them
// out: CUDA, or the tests' emulator. It has
//   void Launch(kernel, Grid, int threads, std::size_t shared_bytes, arguments...);
//   void Multiply(SaelawGpuProduct, const StepView&);
// which throw what they like.
#pragma once

#include <algorithm>

#include "sae/gpu/decode.cuh"
#include "sae/gpu/differentiate.cuh"
#include "sae/gpu/finish.cuh"
#include "sae/gpu/prepare.cuh"
#include "sae/gpu/products.h"
#include "sae/gpu/tiles.cuh"
#include "sae/gpu/update.cuh"

namespace saelaw::gpu {

struct Grid {
  int x = 1, y = 1;
};

// The most shared memory that any kernel of a step asks for.
inline std::size_t MostSharedBytes(const Sizes& sizes) {
  return std::max(UpdateSharedBytes(sizes.width), DecodeSharedBytes(sizes.width));
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

template <typename Device>
void EnqueueStep(Device& device, const StepView& view, bool dense) {
  const Sizes& sizes = view.sizes;
  const Grid tiles{PartsOf(sizes.tokens, kTileTokens),
                   PartsOf(sizes.d_sae, kTileLatents * kTileWarps)};
  const Grid token_blocks{sizes.token_blocks}, groups{sizes.groups};
  const std::size_t decode_bytes = DecodeSharedBytes(sizes.width);
  const std::size_t update_bytes = UpdateSharedBytes(sizes.width);
  device.Launch(Centre, Grid{sizes.tokens}, sizes.threads, 0, view);
  device.Multiply(kSaelawGpuEncode, view);
  if (dense) {
    device.Launch(Activate, tiles, kTileWarps * kWarp, 0, view);
    device.Multiply(kSaelawGpuDecode, view);
    device.Launch(CompareDense, token_blocks, sizes.threads, decode_bytes, view);
    device.Multiply(kSaelawGpuDLatents, view);
    device.Launch(Differentiate, Grid{sizes.d_sae}, kMostThreads, kDifferentiateSharedBytes, view);
    device.Multiply(kSaelawGpuDDecoder, view);
    device.Multiply(kSaelawGpuDEncoder, view);
    device.Launch(UpdateDense, groups, sizes.threads, update_bytes, view);
  } else {
    device.Launch(MarkEntries, tiles, kTileWarps * kWarp, 0, view);
    device.Launch(Decode, token_blocks, sizes.threads, decode_bytes, view);
    device.Launch(UpdateSparse, groups, sizes.threads, update_bytes, view);
  }
  const Grid columns{PartsOf(sizes.d_in, kFinishColumns) + 1};
  device.Launch(Finish, columns, kFinishThreads, kFinishSharedBytes, view);
}

}  // namespace saelaw::gpu
