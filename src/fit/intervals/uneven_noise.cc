// Stands between the noise, which knows columns of numbers, and the law, which knows what they are
// called.
#include "fit/intervals/uneven_noise.h"

#include <algorithm>
#include <cmath>

#include "fit/intervals/uncertainty.h"
#include "fit/noise/noise_model.h"

namespace saelaw {

// Points that brought their sds have said how their noise differs, and weights of other origin are
// made from the residuals themselves.
void FindUnevenNoise(const UsablePoints& usable,
                     const LawInfo& law,
                     FittedLaw& fitted,
                     FitWarnings& warnings) {
  const Vector& w = fitted.sample.w;
  const bool weighed = std::any_of(w.begin(), w.end(), [](double weight) { return weight != 1; });
  if (usable.sd_unit > 0 || weighed || IsExact(fitted)) return;
  fitted.spread = FindSpread(fitted.sample, CleanResiduals(fitted));
  if (!(fitted.spread.strength > kSaidUneven)) return;
  const auto along = static_cast<std::size_t>(fitted.spread.variable);
  const bool product = along >= law.variables.size();
  const auto sd_at = [&](int point) {
    return std::sqrt(fitted.noise.within) * fitted.spread.relative[static_cast<std::size_t>(point)];
  };
  warning::UnevenNoise uneven;
  if (!product) uneven.along = law.variables[along];
  uneven.at_smallest = sd_at(fitted.spread.order.front());
  uneven.at_largest = sd_at(fitted.spread.order.back());
  warnings.push_back(uneven);
}

}  // namespace saelaw
