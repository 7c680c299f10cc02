// What JumpReLU asks of one pair of a latent and a token, for the kernels of CPU and GPU that visit
// such pairs one by one. Plain C++17, as nvcc reads it too.
#pragma once

#include "gpu/anywhere.h"

namespace saelaw {

// Adds the pair to what its latent's bias and threshold receive, and returns whether it is active:
// pre > θ, or NaN. The window |pre - θ| < ε/2 is that of the straight-through estimators. `Sums`
// has numbers `bias`, `window` and `fired`, as RowGradients.
template <typename Sums>
SAELAW_ANYWHERE bool AddPair(
    float pre, float theta, float half_window, float d_latent, float slope, Sums& sums) {
  const float margin = pre - theta;
  if (margin < half_window && margin > -half_window) sums.window += theta * d_latent + slope;
  if (pre <= theta) return false;
  sums.bias += d_latent;
  sums.fired += 1;
  return true;
}

}  // namespace saelaw
