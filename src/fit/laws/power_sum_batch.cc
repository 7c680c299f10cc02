// PowerSum at all points of a sample at once: the inner loop of every fit, with Eigen's vector
// exponentials. Tested against LogValue.
#include <cmath>
#include <limits>

#include <Eigen/Dense>

#include "fit/laws/power_sum.h"

namespace saelaw {
namespace {

// The logarithm of a sum that is not positive is NaN, and says that the place is outside the
// domain.
double LogOrNan(double value) {
  return value > 0 ? std::log(value) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

void PowerSum::LogValues(
    const double* u, const Sample& sample, double* values, double* jacobian, int stride) const {
  using Rows =
      Eigen::Map<const Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  const int n = sample.size();
  Eigen::Map<Eigen::ArrayXd> result(values, n);
  // Nothing else need be computed outside of the domain: the solver looks at the values first.
  if (!InDomain(u)) {
    result.setConstant(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  const Rows x(sample.x.data(), n, sample.variables);
  const double log_floor = LogFloor(u);
  // One shift for all points keeps the exponentials in range. The parts differ by powers of the
  // data, which is never by more than doubles hold where the sample's largest part is taken out.
  thread_local Eigen::ArrayXXd parts;
  parts.resize(n, terms());
  double largest = log_floor;
  for (int k = 0; k < terms(); ++k) {
    parts.col(k) = u[LogCoef(k)] - std::exp(u[LogExponent(k)]) * x.col(k);
    largest = std::max(largest, parts.col(k).maxCoeff());
  }
  constexpr double kWidest = 600;        // e^-600 is still a normal double
  thread_local Eigen::ArrayXd of_point;  // the largest part of each point
  of_point = parts.col(0);
  for (int k = 1; k < terms(); ++k) of_point = of_point.max(parts.col(k));
  // A sample that is wider than that goes point by point, each with a shift of its own.
  if (!(largest - std::max(log_floor, of_point.minCoeff()) < kWidest)) {
    LogModel::LogValues(u, sample, values, jacobian, stride);
    return;
  }
  parts = (parts - largest).exp();
  const double floor = floor_ == Floor::kSigned ? u[0] * std::exp(log_unit_ - largest)
                                                : std::exp(log_floor - largest);
  result = parts.col(0) + floor;
  for (int k = 1; k < terms(); ++k) result += parts.col(k);
  if (jacobian != nullptr) {
    thread_local Eigen::ArrayXd inverse;
    inverse = result.inverse();
    const auto column = [&](std::size_t j) {
      return Eigen::Map<Eigen::ArrayXd>(jacobian + j * static_cast<std::size_t>(stride), n);
    };
    if (floor_ == Floor::kFree) column(0) = floor * inverse;
    if (floor_ == Floor::kSigned) column(0) = std::exp(log_unit_ - largest) * inverse;
    for (int k = 0; k < terms(); ++k) {
      // The exponent's column is the coefficient's, times what the exponent multiplies.
      column(LogCoef(k)) = parts.col(k) * inverse;
      column(LogExponent(k)) = -std::exp(u[LogExponent(k)]) * column(LogCoef(k)) * x.col(k);
    }
  }
  result = result.unaryExpr(&LogOrNan) + largest;
}

}  // namespace saelaw
