// The scales of a table, from the smallest to the largest: what is held out when laws are compared.
#pragma once

#include <span>
#include <vector>

#include "fit/points/point.h"

namespace saelaw {

// Points by scale, ascending. A scale is one value of ln(tokens·params), where all points have
// both, else of ln tokens (of ln compute where
// tokens are not known); where there are more than 8 of them, one of 6 stretches of about equal
// count. Points of one stretch are never split from others of their own scale.
using Scales = std::vector<std::vector<Point>>;
Scales ByScale(std::span<const Point> points);

// All points of the first `count` scales.
std::vector<Point> FirstScales(const Scales& scales, std::size_t count);

}  // namespace saelaw
