// Both sides of a valley are the same power of the distance, each with a curvature of its own. So
// value and slope are continuous at the optimum, whatever the skew.
#include "fit/rates/valley_shape.h"

#include <cmath>

namespace saelaw {

std::string_view Name(ValleyKind kind) {
  constexpr std::array<std::string_view, 5> kNames = {
      "parabola", "skewed", "power", "skewed power", "plateau"};
  return kNames.at(static_cast<std::size_t>(kind));
}

bool HasSkew(ValleyKind kind) {
  return kind == ValleyKind::kSkewed || kind == ValleyKind::kSkewedPower;
}

bool HasPower(ValleyKind kind) {
  return kind == ValleyKind::kPower || kind == ValleyKind::kSkewedPower;
}

bool HasFlat(ValleyKind kind) { return kind == ValleyKind::kPlateau; }

double ValleyShape::Power() const { return 2 * std::exp(log_power); }

double ValleyShape::Rise(double z) const { return ComputeRise(*this, z).value; }

ValleyRise ComputeRise(const ValleyShape& shape, double z) {
  // The bottom itself has neither height nor slope, and no logarithm.
  const double beyond = std::abs(z) - shape.flat;
  if (!(beyond > 0)) return {};
  const double side = z > 0 ? 1 : -1;
  const double power = shape.Power();
  const double log_distance = std::log(beyond);
  const double rises = std::exp(shape.log_curvature + side * shape.skew + power * log_distance);
  ValleyRise rise;
  rise.value = shape.relative ? std::log1p(rises) : rises;
  rise.by_curvature = shape.relative ? rises / (1 + rises) : rises;
  rise.by_z = side * power * rise.by_curvature / beyond;
  rise.by_skew = side * rise.by_curvature;
  rise.by_power = power * log_distance * rise.by_curvature;
  rise.by_flat = -power * rise.by_curvature / beyond;
  return rise;
}

}  // namespace saelaw
