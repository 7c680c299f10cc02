// The learning rate as a decision: what loss is to be expected at each rate, the chance that the
// run fails there and what a failure costs included.
//
// A run that survives at a rate z below the best one (in ln) loses V(z) = expm1(curvature·z²) of
// the loss, and at most kMostExcess: the parabola is one near the best rate, and far below it an
// SAE learns nothing, which is ten times the loss of one that explains nine tenths of the variance.
// One that fails is seen after a share f of its tokens and started again at 1/√2 of the rate, a
// step of the grids near their optima. With p_k the probability of failure at lr/√2^k, and p_(-1) =
// 1, what is to be expected at lr is
//   E(lr) = Σ_k (p_(k-1) - p_k)·V(z_k) + c·Σ_k p_k ,   c = (1 + f)^exponent - 1 .
// The first sum takes the failures of one run at two rates for nested, as they are where the edge
// is not known: what failed at lr may well fail at lr/√2. By an own lottery at each start it would
// be more likely to survive. c is what f less of the same compute costs: the run could have had 1 +
// f times as many tokens, and the loss falls as tokens^-exponent.
#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "fit/fit.h"

namespace saelaw {

inline constexpr double kMostExcess = 9;

struct RateQuestion {
  double optimum = 0;        // the best rate by its law
  double curvature = 0;      // of ln loss in ln lr around it
  double failure_share = 0;  // f
  double loss_exponent = 0;  // -d ln loss / d ln tokens, not negative
  // That one run at this rate fails; empty: no edge is known, and none is reckoned with.
  std::function<double(double lr)> failure;

  double Excess(double lr) const;  // of a run that survives, as a share of the loss
  double CostOfFailure() const;    // c
  double FailureAt(double lr) const { return failure ? failure(lr) : 0; }
};

// One rate among those that could be advised.
struct RateOption {
  double lr = 0;
  double failure_probability = 0;
  double excess = 0;    // share of the loss that a run which survives loses against the best rate
  double expected = 0;  // the same with failures and what they cost
};

RateOption JudgeRate(const RateQuestion& question, double lr);

// The rate of the least expected loss among those that are no likelier to fail than to survive: by
// the compute alone, a failure that is seen early is cheap enough to begin with one. Above the best
// rate both the loss and the risk rise, so it is that rate or a lower one. To a twelfth of a factor
// of 2, and between these by a parabola.
double LeastLossRate(const RateQuestion& question);

}  // namespace saelaw
