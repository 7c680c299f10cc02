#include "sae/model/l0_penalty.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Of λ/B·penalty by L0: what each H(pre - θ) of the token is worth.
double Difference(bool to_target, double target, double coefficient, int tokens, double l0) {
  const double step = 1e-4;
  return coefficient / tokens *
         (UnitL0Penalty(l0 + step, to_target, target) -
          UnitL0Penalty(l0 - step, to_target, target)) /
         (2 * step);
}

TEST(L0Slope, IsTheDerivativeOfThePenalty) {
  for (const bool to_target : {false, true}) {
    const L0Slope slope = SlopeOfL0(to_target, 8, 0.3, 64);
    for (const float l0 : {0.0F, 5.0F, 8.0F, 30.0F}) {
      EXPECT_NEAR(slope.At(l0), Difference(to_target, 8, 0.3, 64, l0), 1e-8);
      EXPECT_NEAR(slope.Constant() + slope.PerLatent() * l0, slope.At(l0), 1e-8);
    }
  }
}

}  // namespace
}  // namespace saelaw
