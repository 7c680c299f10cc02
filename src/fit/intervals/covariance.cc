#include "fit/intervals/covariance.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

Vector Combined(const Vector& a, const Vector& b, double sign) {
  Vector sum = a;
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += sign * b[k];
  return sum;
}

}  // namespace

Vector CovarianceByGradients(const Vector& u,
                             const std::vector<LogQuantity>& quantities,
                             const std::function<double(const Vector& gradient)>& variance) {
  const std::size_t n = quantities.size();
  std::vector<Vector> gradients(n, Vector(u.size()));
  for (std::size_t i = 0; i < n; ++i) quantities[i](u.data(), gradients[i].data());
  Vector matrix(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    // The diagonal is asked for itself, so that it is exactly what the intervals are made of.
    matrix[i * n + i] = variance(gradients[i]);
    for (std::size_t j = 0; j < i; ++j) {
      const double both = variance(Combined(gradients[i], gradients[j], 1));
      const double apart = variance(Combined(gradients[i], gradients[j], -1));
      matrix[i * n + j] = matrix[j * n + i] = (both - apart) / 4;
    }
  }
  return matrix;
}

ParameterCovariance ComputeCovariance(const std::vector<NamedParameter>& parameters,
                                      const Uncertainty* uncertainty) {
  if (uncertainty == nullptr) return {};
  ParameterCovariance covariance;
  std::vector<LogQuantity> quantities;
  Vector units;
  for (const NamedParameter& parameter : parameters) {
    if (parameter.on_bound) return {};
    // A parameter that was held has no error.
    if (!parameter.quantity) continue;
    covariance.names.push_back(parameter.name);
    covariance.of_log.push_back(!parameter.linear);
    quantities.push_back(parameter.quantity);
    units.push_back(parameter.linear ? parameter.unit : 1);
  }
  covariance.matrix = uncertainty->Covariance(quantities);
  const std::size_t n = units.size();
  const bool known = covariance.matrix.size() == n * n &&
                     std::all_of(covariance.matrix.begin(),
                                 covariance.matrix.end(),
                                 [](double value) { return std::isfinite(value); });
  if (!known) return {};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) covariance.matrix[i * n + j] *= units[i] * units[j];
  }
  return covariance;
}

}  // namespace saelaw
