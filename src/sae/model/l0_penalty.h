// What active latents cost, once for the reference, the CPU's kernels and the GPU's: with λ the
// coefficient, B the tokens of a batch and H(pre - θ) whether a latent is active, a token adds λ·L0
// to the loss, or with a target L0* λ·(2/L0*)·(L0 - L0*)². Plain C++17, as nvcc reads it too.
#pragma once

#include <cstdint>

#include "gpu/anywhere.h"

namespace saelaw {

// A token's share at coefficient 1.
SAELAW_ANYWHERE double UnitL0Penalty(double l0, bool to_target, double target_l0) {
  const double miss = l0 - target_l0;
  return to_target ? miss * miss * 2 / target_l0 : l0;
}

// Its derivative by each of the token's H(pre - θ): λ/B, or 4λ(L0 - L0*)/(L0*·B). Three users
// round it each in their own way, which their runs' numbers have kept since: the CPU's kernels take
// At, those of the GPU a constant and a factor of L0, the reference does with tensors as At does.
struct L0Slope {
  bool to_target = false;
  double target_l0 = 0;
  double share = 0;   // λ/B
  double factor = 0;  // 4λ/(L0*·B)

  float At(float l0) const {
    return static_cast<float>(to_target ? (static_cast<double>(l0) - target_l0) * factor : share);
  }
  float Constant() const { return static_cast<float>(to_target ? -factor * target_l0 : share); }
  float PerLatent() const { return static_cast<float>(to_target ? factor : 0); }
};

inline L0Slope SlopeOfL0(bool to_target,
                         double target_l0,
                         double coefficient,
                         std::int64_t tokens) {
  L0Slope slope;
  slope.to_target = to_target;
  slope.target_l0 = target_l0;
  slope.share = coefficient / static_cast<double>(tokens);
  slope.factor = to_target ? 4 * slope.share / target_l0 : 0;
  return slope;
}

}  // namespace saelaw
