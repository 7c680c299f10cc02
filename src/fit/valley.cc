#include "fit/valley.h"

#include <algorithm>
#include <cmath>

namespace saelaw {

Valley::Valley(PowerSum base, double log_centre)
    : base_(std::move(base)), log_centre_(log_centre) {}

double Valley::LogValue(const double* u, const double* x, double* gradient) const {
  const double* valley = u + base_.Size();
  const double curvature = std::exp(valley[0]);
  const double z = x[1] - valley[1] - valley[2] * x[0];
  if (gradient != nullptr) {
    double* slopes = gradient + base_.Size();
    slopes[0] = curvature * z * z;
    slopes[1] = -2 * curvature * z;
    slopes[2] = -2 * curvature * z * x[0];
  }
  return base_.LogValue(u, x, gradient) + curvature * z * z;
}

std::vector<Vector> Valley::Restarts(const Vector& u) const {
  const auto size = base_.Size();
  std::vector<Vector> restarts = base_.Restarts(Vector(u.begin(), u.begin() + size));
  for (Vector& restart : restarts) restart.insert(restart.end(), u.begin() + size, u.end());
  return restarts;
}

Vector Valley::Row(const Point& point) const {
  return {std::log(point.tokens) - log_centre_, std::log(point.lr)};
}

LogQuantity Valley::Last(int offset) const {
  const auto index = static_cast<std::size_t>(base_.Size() + offset);
  return [index, size = Size()](const double* u, double* gradient) {
    if (gradient != nullptr) {
      std::fill(gradient, gradient + size, 0.0);
      gradient[index] = 1;
    }
    return u[index];
  };
}

LogQuantity Valley::LogBestRate(double log_tokens) const {
  const double x = log_tokens - log_centre_;
  return [x, size = Size()](const double* u, double* gradient) {
    if (gradient != nullptr) {
      std::fill(gradient, gradient + size, 0.0);
      gradient[size - 2] = 1;
      gradient[size - 1] = x;
    }
    return u[size - 2] + u[size - 1] * x;
  };
}

LogQuantity Valley::OfBase(LogQuantity quantity) const {
  return [quantity = std::move(quantity), size = Size(), base = base_.Size()](const double* u,
                                                                              double* gradient) {
    if (gradient != nullptr) std::fill(gradient + base, gradient + size, 0.0);
    return quantity(u, gradient);
  };
}

}  // namespace saelaw
