// How a loss rises away from the best rate (or the best size of a budget), as one shape that all
// sizes of a sweep share.
#pragma once

#include <array>
#include <string_view>

namespace saelaw {

// Which of a shape's parameters are free. The parabola has a curvature alone; the others add a
// skew, a power, both, or a flat bottom.
enum class ValleyKind { kParabola, kSkewed, kPower, kSkewedPower, kPlateau };
inline constexpr std::array kValleyKinds = {ValleyKind::kParabola,
                                            ValleyKind::kSkewed,
                                            ValleyKind::kPower,
                                            ValleyKind::kSkewedPower,
                                            ValleyKind::kPlateau};
std::string_view Name(ValleyKind kind);  // parabola, skewed, power, skewed power, plateau
bool HasSkew(ValleyKind kind);
bool HasPower(ValleyKind kind);
bool HasFlat(ValleyKind kind);

// ln loss = ln(loss at the optimum) + V(z), z = ln lr - ln optimum,
//   V(z) = exp(log_curvature + skew·sign(z)) · max(0, |z| - flat)^Power(),   Power() =
//   2·exp(log_power).
// The optimum of a flat bottom is its middle. `relative`: the loss itself rises by that share, so
// that ln loss rises by ln(1 + V(z)). Near the optimum the two are one.
struct ValleyShape {
  double log_curvature = 0;
  double skew = 0;
  double log_power = 0;
  double flat = 0;  // half the width of a flat bottom, in ln rate
  bool relative = false;

  double Power() const;
  double Rise(double z) const;  // of ln loss
};

// The rise of ln loss with its derivatives.
struct ValleyRise {
  double value = 0;
  double by_curvature = 0;  // by log_curvature
  double by_z = 0;
  double by_skew = 0;
  double by_power = 0;  // by log_power
  double by_flat = 0;
};
ValleyRise ComputeRise(const ValleyShape& shape, double z);

}  // namespace saelaw
