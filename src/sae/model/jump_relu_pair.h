// What JumpReLU asks of one pair of a latent and a token, for the kernels of CPU and GPU that visit
// such pairs one by one. Plain C++17, as nvcc reads it too.
#pragma once

#include "gpu/anywhere.h"

namespace saelaw {

// The straight-through estimators of a pair: their window is |pre - θ| < half, half = ε/2. `share`
// is 1/ε where they give the pre-activation a gradient too, and 0 where thresholds alone have one.
struct JumpWindow {
  float half = 0;
  float share = 0;
};

// Adds the pair to what its latent's bias and threshold receive, and returns the loss's derivative
// by its pre-activation: d_latent where it is active (pre > θ, or NaN), and the estimators' part
// inside the window. `Sums` has numbers `bias`, `window` and `fired`, as RowGradients.
template <typename Sums>
SAELAW_ANYWHERE float AddPair(
    float pre, float theta, const JumpWindow& window, float d_latent, float slope, Sums& sums) {
  const float margin = pre - theta;
  float d_pre = 0;
  if (margin < window.half && margin > -window.half) {
    const float jump = theta * d_latent + slope;
    sums.window += jump;
    d_pre = window.share * jump;
  }
  // Written so that a NaN counts as active: a diverged run must not look like a silent one.
  if (!(pre <= theta)) {
    sums.fired += 1;
    d_pre += d_latent;
  }
  sums.bias += d_pre;
  return d_pre;
}

}  // namespace saelaw
