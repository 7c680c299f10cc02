// Whether the losses of a table fall at all, before a law of falling losses is fitted to them.
#pragma once

#include <optional>
#include <span>

#include "fit/laws/law_info.h"
#include "fit/points/fit_refusal.h"

namespace saelaw {

// For laws of loss in which every variable has an exponent or a coefficient: why the points speak
// against them, nothing where they do not. Judged is the plane ln loss = level + slopes · ln x with
// the least absolute residuals, which a few outliers do not turn: its slope in the data (or
// compute) must be below 0, that in any other variable must not lift the loss, over the variable's
// range, by more than twice the median residual.
std::optional<FitRefusal> WhyNotFalling(const LawInfo& law, std::span<const Point> points);

}  // namespace saelaw
