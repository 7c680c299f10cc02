// Around its best rate every law's loss is taken to rise by a parabola in ln rate, whose bottom is
// linear in the logarithms of size and data. The valley's parameters stand behind those of the base
// law, so that the base sees a vector of its own.
#include "fit/laws/valley.h"

#include <algorithm>
#include <cmath>

namespace saelaw {

Valley::Valley(std::shared_ptr<const LawModel> base, Vector log_centres)
    : base_(std::move(base)), log_centres_(std::move(log_centres)) {}

double Valley::LogValue(const double* u, const double* x, double* gradient) const {
  // ln curvature is what is searched, since a valley opens upwards.
  const double* valley = u + base_->Size();
  const double curvature = std::exp(valley[0]);
  // z is how far the rate lies from the best one, in ln.
  double z = x[variables()] - valley[1];
  for (int k = 0; k < variables(); ++k) z -= valley[2 + k] * x[k];
  if (gradient != nullptr) {
    double* slopes = gradient + base_->Size();
    slopes[0] = curvature * z * z;
    // The valley raises ln loss, so its part of the gradient stands beside the base's and does not
    // mix with it.
    slopes[1] = -2 * curvature * z;
    for (int k = 0; k < variables(); ++k) slopes[2 + k] = -2 * curvature * z * x[k];
  }
  return base_->LogValue(u, x, gradient) + curvature * z * z;
}

std::vector<Vector> Valley::Restarts(const Vector& u) const {
  const auto size = base_->Size();
  // The base knows where its own search can get stuck; the valley's part is kept as it is.
  std::vector<Vector> restarts = base_->Restarts(Vector(u.begin(), u.begin() + size));
  for (Vector& restart : restarts) restart.insert(restart.end(), u.begin() + size, u.end());
  return restarts;
}

Vector Valley::Row(const Point& point) const {
  Vector row = base_->Row(point);
  row.push_back(std::log(point.lr));
  return row;
}

LogQuantity Valley::LogBestRate(const Vector& log_place) const {
  Vector x = log_place;
  // Places come in natural logarithms, and the model works about the points' centre.
  for (std::size_t k = 0; k < x.size(); ++k) x[k] -= log_centres_[k];
  return
      [x = std::move(x), first = base_->Size(), size = Size()](const double* u, double* gradient) {
        if (gradient != nullptr) {
          std::fill(gradient, gradient + size, 0.0);
          gradient[first + 1] = 1;
          std::copy(x.begin(), x.end(), gradient + first + 2);
        }
        double rate = u[first + 1];
        for (std::size_t k = 0; k < x.size(); ++k)
          rate += u[first + 2 + static_cast<int>(k)] * x[k];
        return rate;
      };
}

LogQuantity Valley::OfBase(LogQuantity quantity) const {
  return [quantity = std::move(quantity), size = Size(), base = base_->Size()](const double* u,
                                                                               double* gradient) {
    // A quantity of the base does not depend on the valley.
    if (gradient != nullptr) std::fill(gradient + base, gradient + size, 0.0);
    return quantity(u, gradient);
  };
}

}  // namespace saelaw
