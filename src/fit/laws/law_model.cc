// What laws have by default, and the quantities that all of them share.
#include "fit/laws/law_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saelaw {

bool LawModel::FloorVanishes(const Vector& /*u*/) const { return false; }

double LawModel::LogBest(const Vector& /*u*/,
                         const double* /*x*/,
                         const Vector& /*lowest*/,
                         const Vector& /*highest*/) const {
  return std::numeric_limits<double>::quiet_NaN();
}

// A parameter's own derivative is 1, and all others are 0.
LogQuantity Component(int index, int size) {
  return [index, size](const double* u, double* gradient) {
    if (gradient != nullptr) {
      std::fill(gradient, gradient + size, 0.0);
      gradient[index] = 1;
    }
    return u[index];
  };
}

NamedParameter FloorParameter(const LawModel& law, std::optional<double> fixed, const Vector& u) {
  // A fixed floor is no parameter of the fit and so has no quantity to be uncertain about.
  if (fixed) return {"floor", *fixed, false, nullptr, false};
  const bool none = law.FloorVanishes(u);
  return {"floor", none ? 0 : std::exp(u[0]), none, Component(0, law.Size()), false};
}

}  // namespace saelaw
