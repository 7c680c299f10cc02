// What the choice of held-out documents does to a law. Its points were all measured on the same
// documents, so they err together, and no residual shows it. Each point brings its loss with each
// of a few groups of documents left out (core/held_out.h); whatever is computed from the points is
// computed again from these, and scatters as it would over other documents.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "fit/intervals/law_fit.h"

namespace saelaw {

// The interval with a sampling error of sd `sd` (of as many groups) on top of what it has:
// √(half² + (t·sd)²) to each side of `centre`. The same interval where the sd is not known.
Interval Widened(
    const Interval& interval, double centre, double sd, std::size_t groups, double level);
// The same of an interval of a positive quantity, in its logarithm.
Interval WidenedLog(
    const Interval& interval, double centre, double sd_ln, std::size_t groups, double level);

// Whether the error of a parameter is one of its logarithm: coefficients live on that scale, floors
// and exponents do not.
bool IsLogScaled(const LawFit& fit, const Parameter& parameter);
// Puts the error into a law's predictions, and keeps what they were for PredictOnSameSet.
// `log_values(at)`: ln of the law's value at a place, from each refit.
void WidenPredictions(const std::function<std::vector<double>(const Point&)>& log_values,
                      std::size_t groups,
                      LawFit& fit);
// What LawFit::interval_method says of it, behind the method itself.
inline constexpr std::string_view kWithHeldOutError = ", with the error of the held-out documents";

// Puts the sampling error into the intervals of a law that FitLaw fitted to `points`: parameters,
// and predictions, in which the level takes part in full (LawFit::PredictOnSameSet has them
// without). Nothing without replicates, or for a law that is not ok().
void AddHeldOutError(std::span<const Point> points, const FitOptions& options, LawFit& fit);

}  // namespace saelaw
