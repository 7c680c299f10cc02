// The backward half of a dense step between its products: d_latents becomes d_pre_acts.
#pragma once

#include "gpu/block.cuh"
#include "gpu/numbers.cuh"
#include "sae/gpu/view.h"
#include "sae/model/jump_relu_pair.h"

namespace saelaw::gpu {

struct LatentParts {
  Parts<float> bias, window;
  Parts<int> fired;
};
// Sums all three at once, because three separate sums would need three times the barriers.
SAELAW_DEVICE LatentSums BlockSum(const LatentSums& sums, LatentParts& parts) {
  const int tid = static_cast<int>(threadIdx.x), warp = tid / kWarp;
  const LatentSums of_warp{WarpSum(sums.bias), WarpSum(sums.window), WarpSum(sums.fired)};
  if (tid % kWarp == 0) {
    parts.bias.of_warp[warp] = of_warp.bias;
    parts.window.of_warp[warp] = of_warp.window;
    parts.fired.of_warp[warp] = of_warp.fired;
  }
  __syncthreads();
  const LatentSums all{SumOfParts(parts.bias), SumOfParts(parts.window), SumOfParts(parts.fired)};
  // The parts may be written again after this: nobody may still be reading.
  __syncthreads();
  return all;
}

constexpr std::size_t kDifferentiateSharedBytes = sizeof(LatentParts);

// A block takes one latent, so that its three sums are formed in a fixed order within the block.
SAELAW_KERNEL Differentiate(StepView view) {
  const Sizes& sizes = view.sizes;
  const auto latent = static_cast<std::size_t>(blockIdx.x);
  const float bias = view.model.parameters.b_enc[latent];
  const float theta = view.theta[latent];
  LatentSums sums;
  ForOwnColumns(sizes.row, [&](int token) {
    // The products are read for the last time here, so they need not stay in the cache.
    const Eight products = LoadEightOnce(view.products + latent * sizes.row, token, sizes.row);
    Eight d_latents = LoadEight(view.d_latents + latent * sizes.row + token);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      // Padding behind the batch is left out of the sums; its derivatives belong to no token.
      if (token + i >= sizes.tokens) continue;
      // What is written back is d_pre_acts.
      d_latents.value[i] = AddPair(products.value[i] + bias,
                                   theta,
                                   view.window,
                                   d_latents.value[i],
                                   view.slopes[token + i],
                                   sums);
    }
    StorePacked(view.d_latents + latent * sizes.row + token, Pack(d_latents));
  });
  sums = BlockSum(sums, *reinterpret_cast<LatentParts*>(SharedMemory()));
  if (threadIdx.x == 0) {
    view.d_b_enc[latent] = sums.bias;
    view.d_window[latent] = sums.window;
    // The count goes straight to the caller's memory, which is part of what changes from step to
    // step.
    view.now->fired[latent] = static_cast<float>(sums.fired);
  }
}

}  // namespace saelaw::gpu
