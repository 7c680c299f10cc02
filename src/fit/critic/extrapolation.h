// How far a prediction goes beyond the runs that carry its law, in every direction.
#pragma once

#include <optional>
#include <span>

#include "fit/points/fit_warning.h"
#include "fit/points/point.h"

namespace saelaw {

struct Extrapolation {
  double factor = 0;         // target over the largest tokens, params or compute; 0: none to judge
  bool doubtful = false;     // a warning
  bool needs_force = false;  // refused unless forced
  std::optional<FitWarning> warning{};  // why: FarBeyond or EmptyCorner; empty when neither

  // Requires needs_force, or that sizes alone were judged.
  const warning::FarBeyond& OfSize() const { return std::get<warning::FarBeyond>(*warning); }
};

// Sizes (tokens, params, compute, batch) may lie this many times above the largest or below the
// smallest of the runs before a prediction is doubtful, and refused.
inline constexpr double kDoubtfulFactor = 30;
inline constexpr double kRefusedFactor = 1000;
// A learning rate has a valley and no power law, which ends sooner on both sides.
inline constexpr double kDoubtfulRate = 4;
inline constexpr double kRefusedRate = 100;
// Between the runs' own ends: the Mahalanobis distance (in logarithms, of the settings' own mean
// and covariance) over that of the furthest setting. What lies within the ellipsoid through that
// one is interpolated (Montgomery & Peck 1992, section 3.8, "hidden extrapolation"); half as far
// again is a corner that no run covers.
inline constexpr double kDoubtfulCorner = 1.5;

Extrapolation JudgeExtrapolation(double largest_tokens, double target_tokens);

// Judges every quantity that both the target and the points have, points without a loss apart:
// above the largest, below the smallest, and, with the quantities held within those ends, how near
// the runs come to that corner. The gravest of them is the answer.
Extrapolation JudgeExtrapolation(std::span<const Point> points, const Point& target);

}  // namespace saelaw
