// Which points err together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fit/points/point.h"

namespace saelaw {

// Which points are correlated: those of one stream (data order), or, where all have one stream,
// those of one trunk. The one place that decides it. Every point of its own where neither differs:
// then nothing is known of it, or all points have the same.
struct Clusters {
  std::vector<int> of;  // [points]
  int count = 0;
};
Clusters FindClusters(std::span<const Point> points);

// A trunk's name as Point::origin has it; 0 for an empty one.
std::int64_t OriginNumber(std::string_view name);

}  // namespace saelaw
