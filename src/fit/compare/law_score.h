// How well a law describes its points, for what its parameters cost.
#pragma once

#include <span>

#include "fit/intervals/law_fit.h"

namespace saelaw {

// AICc = -2 ln L + 2K + 2K(K+1)/(n-K-1) with K free parameters and the noise's scale (Burnham &
// Anderson 2002, Model Selection and Multimodel Inference, eq. 7.31, section 6.5 for the weights).
// L is the likelihood that the estimator maximises: normal for least squares, Student's with 4
// degrees of freedom, Laplace's for the robust ones; what all laws have in common is left out.
// `fit` is of `points` (all usable). NaN for n - K - 1 < 1 and for a law that is not ok().
double Aicc(const LawFit& fit, std::span<const Point> points, const FitOptions& options);

}  // namespace saelaw
