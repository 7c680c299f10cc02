// From a fitted law to what the user sees of its uncertainty: which method applies, and
// predictions.
#pragma once

#include <functional>
#include <memory>

#include "fit/intervals/law_fit.h"
#include "fit/intervals/uncertainty.h"

namespace saelaw {

// The method asked for, or the one that stands in for it with a warning: profiles need least
// squares, and beyond 20,000 points (or 500 streams) all methods agree and the sandwich is the fast
// one.
// `resampled` is null for laws that are not a LawModel; they have no bootstrap. Null when no
// interval was asked for or the noise is unknown (with a warning).
std::shared_ptr<const Uncertainty> MakeUncertainty(const std::shared_ptr<const FittedLaw>& fitted,
                                                   const LawModel* resampled,
                                                   const FitOptions& options,
                                                   FitWarnings& warnings);

// The interval of e^(ln quantity): exp of both ends.
Interval Exponential(const Interval& log);

// Values of `fitted` with the confidence interval of `basis` (the same fit, or the one with a
// signed floor that `uncertainty` was made of) and the prediction interval of one new run. `row`
// makes a model's row from a point.
std::function<Prediction(const Point&)> MakePredictor(
    std::shared_ptr<const FittedLaw> fitted,
    std::shared_ptr<const FittedLaw> basis,
    std::shared_ptr<const Uncertainty> uncertainty,
    std::function<Vector(const Point&)> row);

// Intervals of what follows from the parameters of `model`, the one that `uncertainty` is of (which
// may be null).
std::function<Interval(const DerivedQuantity&)> MakeDeriver(
    std::shared_ptr<const LawModel> model, std::shared_ptr<const Uncertainty> uncertainty);

// See LawFit::narrowing.
std::function<double(const Point&, const Point&)> MakeNarrowing(
    std::shared_ptr<const FittedLaw> fitted, std::function<Vector(const Point&)> row);

// A parameter with its interval. `value` describes it in the fitted law, `basis` in the law that
// the uncertainty is of; `uncertainty` may be null. What the search's own ends or a floor's 0 cut
// off is marked and, with the interval's open end, said in `warnings`.
Parameter DescribeParameter(const NamedParameter& value,
                            const NamedParameter& basis,
                            const Uncertainty* uncertainty,
                            FitWarnings& warnings);

}  // namespace saelaw
