// How the errors of a law's parameters hang together, by the same method as their intervals.
#pragma once

#include <functional>
#include <vector>

#include "fit/intervals/law_fit.h"
#include "fit/intervals/uncertainty.h"

namespace saelaw {

// The covariance [n, n] of ln quantities at u from the variance that a method gives to one, which
// is quadratic in the gradient: 4·Cov(a, b) = Var(a + b) - Var(a - b).
Vector CovarianceByGradients(const Vector& u,
                             const std::vector<LogQuantity>& quantities,
                             const std::function<double(const Vector& gradient)>& variance);

// That of the fitted parameters, described in the law that `uncertainty` is of. Empty without an
// uncertainty, where one of the parameters lies on its bound (there the errors are one-sided, and
// no matrix says so), or where the points do not tell.
ParameterCovariance ComputeCovariance(const std::vector<NamedParameter>& parameters,
                                      const Uncertainty* uncertainty);

}  // namespace saelaw
