// Looks for what points share, the stream first and the trunk second. The first of the two that
// tells points apart decides; where neither does, every point stands alone.
#include "fit/points/clusters.h"

#include <map>
#include <string>

#include "core/files.h"

namespace saelaw {

Clusters FindClusters(std::span<const Point> points) {
  // A stream that all points share tells nothing about what a stream does, so the trunk is tried
  // next.
  for (const auto shared : {&Point::stream, &Point::origin}) {
    std::map<std::int64_t, int> seen;
    Clusters clusters;
    for (const Point& point : points) {
      // A run without a trunk (origin 0) shares nothing. A stream of 0 is a stream like any other.
      const bool alone = shared == &Point::origin && point.origin == 0;
      const auto [at, added] = seen.emplace(point.*shared, clusters.count);
      clusters.of.push_back(alone ? clusters.count : at->second);
      if (alone || added) ++clusters.count;
    }
    if (clusters.count > 1) return clusters;
  }
  Clusters alone;
  alone.count = static_cast<int>(points.size());
  for (int i = 0; i < alone.count; ++i) alone.of.push_back(i);
  return alone;
}

std::int64_t OriginNumber(std::string_view name) {
  if (name.empty()) return 0;
  // Names become numbers by a hash, so that they can stand in the same column as numbers do. The 1
  // at the end keeps 0 free for "no origin".
  constexpr int kDigits = 15;  // of 64 bits in hexadecimal: a positive number
  constexpr int kHexadecimal = 16;
  return std::stoll(HashBytes(name).substr(0, kDigits), nullptr, kHexadecimal) + 1;
}

}  // namespace saelaw
