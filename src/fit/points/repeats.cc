// Rows that agree in every bit are one row copied, while rows that agree in everything but the loss
// are true repeats. Bits are compared and not values, so that a NaN equals itself.
#include "fit/points/repeats.h"

#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

namespace saelaw {

// Values that were computed in different ways differ in their last bits. Rounded to 1e-9 of a
// logarithm they are one value, while no two settings of a sweep come that close.
std::int64_t RoundedLog(double value) { return std::llround(std::log(value) * 1e9); }

std::vector<Point> WithoutRepeats(std::span<const Point> points,
                                  std::vector<DroppedPoint>& dropped) {
  std::map<std::array<std::int64_t, 10>, std::int64_t> seen;
  std::vector<Point> kept;
  for (const Point& point : points) {
    const auto bits = [](double value) { return std::bit_cast<std::int64_t>(value); };
    const auto [first, added] = seen.emplace(std::array{bits(point.tokens),
                                                        bits(point.params),
                                                        bits(point.lr),
                                                        bits(point.batch),
                                                        bits(point.compute),
                                                        bits(point.l0),
                                                        bits(point.loss),
                                                        point.seed,
                                                        point.stream,
                                                        point.origin},
                                             point.row);
    if (added) {
      kept.push_back(point);
    } else {
      dropped.push_back({point.row, fmt::format("repeats row {} exactly", first->second)});
    }
  }
  return kept;
}

int DistinctValues(std::span<const Point> points, Variable variable) {
  // Values are counted as the fits see them, so that rounding makes no two of one.
  std::set<std::int64_t> values;
  for (const Point& point : points) values.insert(RoundedLog(Get(point, variable)));
  return static_cast<int>(values.size());
}

}  // namespace saelaw
