// The beginning of a step: what it is told, operands of the products, thresholds.
#pragma once

#include "gpu/numbers.cuh"
#include "sae/gpu/view.h"

namespace saelaw::gpu {

// `now` is passed as an argument of the kernel, which copies it at the launch: so it needs no host
// memory that outlives the call.
SAELAW_KERNEL SetNow(Now now, Now* to) {
  if (threadIdx.x == 0) *to = now;
}

// operands [rows, view.sizes.width] = bf16(from [rows, d_in]). A block for each row.
SAELAW_KERNEL CopyOperands(StepView view, const float* from, Bf16* operands) {
  const Sizes& sizes = view.sizes;
  const auto row = static_cast<std::size_t>(blockIdx.x);
  // Columns from d_in to the padded width are read as zeros, and so the padding is written as
  // zeros.
  ForOwnColumns(sizes.width, [&](int c) {
    StorePacked(operands + row * sizes.width + c,
                Pack(LoadEight(from + row * sizes.d_in, c, sizes.d_in)));
  });
}

// A block for each token: its inputs, x - b_dec·[pre_encoder_bias]; and some of the thresholds.
SAELAW_KERNEL Centre(StepView view) {
  const Sizes& sizes = view.sizes;
  const auto token = static_cast<std::size_t>(blockIdx.x);
  ForOwnColumns(sizes.width, [&](int c) {
    Eight input = LoadEight(view.now->x + token * sizes.d_in, c, sizes.d_in);
    if (view.pre_encoder_bias != 0) {
      Add(input, -1, LoadEight(view.model.parameters.b_dec, c, sizes.d_in));
    }
    StorePacked(view.inputs + token * sizes.width + c, Pack(input));
  });
  // L0 is counted by adding to it later, and so starts at zero in each step.
  if (threadIdx.x == 0) view.l0[token] = 0;
  // The thresholds are spread over all threads, which saves a launch for so little work.
  const int threads = static_cast<int>(gridDim.x * blockDim.x);
  for (int j = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); j < sizes.d_sae;
       j += threads) {
    const float threshold = view.model.parameters.threshold[j];
    view.theta[j] = view.log_threshold != 0 ? expf(threshold) : threshold;
  }
}

}  // namespace saelaw::gpu
