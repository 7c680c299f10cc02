// The groups must be the same for all points, or none are used: leaving a group out means to leave
// out the same documents everywhere.
#include "fit/points/held_out_groups.h"

#include <cmath>

namespace saelaw {

std::size_t HeldOutGroups(std::span<const Point> points) {
  std::size_t groups = 0;
  for (const Point& point : points) {
    // Points without a loss carry no shifts and do not stand in the way.
    if (!(point.loss > 0)) continue;
    const std::size_t own = point.held_out_shifts.size();
    if (own == 0 || (groups != 0 && own != groups)) return 0;
    groups = own;
  }
  return groups;
}

std::vector<Point> WithoutGroup(std::span<const Point> points, std::size_t group, double share) {
  std::vector<Point> moved(points.begin(), points.end());
  for (Point& point : moved) {
    // Shifts are of ln loss, hence the exponential. The moved points carry none, as they are no
    // longer of the full set.
    if (group < point.held_out_shifts.size()) {
      point.loss *= std::exp(share * point.held_out_shifts[group]);
    }
    point.held_out_shifts.clear();
  }
  return moved;
}

}  // namespace saelaw
