// The losses that the points would have on other held-out documents.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "fit/points/point.h"

namespace saelaw {

// How many replicates all points with a loss bring; 0 where one brings none or another number.
std::size_t HeldOutGroups(std::span<const Point> points);

// The points with the loss that they have without group `group`. With a `share` below 1, moved only
// so far towards it: what hangs on an order or a choice then stays as it is.
std::vector<Point> WithoutGroup(std::span<const Point> points, std::size_t group, double share = 1);

}  // namespace saelaw
