// Points that are the same, and values that are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fit/points/variable.h"

namespace saelaw {

// Equal for positive doubles that agree to about 1e-9.
std::int64_t RoundedLog(double value);

// The points without those that agree with an earlier one in everything but their row: the same run
// twice, which would count as a replicate without noise.
std::vector<Point> WithoutRepeats(std::span<const Point> points,
                                  std::vector<DroppedPoint>& dropped);

// Number of distinct values of a variable, equal to within 1e-9.
int DistinctValues(std::span<const Point> points, Variable variable);

}  // namespace saelaw
