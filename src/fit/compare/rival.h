// A law of the table that holds up clearly better than the one that was asked for.
#pragma once

#include <optional>
#include <span>

#include "fit/compare/rolling_origin.h"
#include "fit/intervals/law_fit.h"

namespace saelaw {

struct Rival {
  LawFit fit;             // without intervals
  double aicc_lower = 0;  // than the asked law's
  double error = 0;       // one scale ahead, of ln loss; NaN: not known
  double asked_error = 0;
};

// Clearly better: an Akaike weight of 95 % between the two, smaller residuals, and errors one scale
// ahead that are no larger. On points of the asked law itself that happens in fewer than 1 of 100
// fits (analysis/bending). `rolled` is of the asked law, `points` are those that it uses. Laws that
// take seconds to fit are no rivals.
std::optional<Rival> FindRival(const LawFit& asked,
                               std::span<const Point> points,
                               std::span<const RolledScale> rolled,
                               const FitOptions& options);

}  // namespace saelaw
