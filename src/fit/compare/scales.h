// The scales of a table, from the smallest to the largest: what is left out when a law is
// criticised, and predicted from smaller ones when laws are compared. The one place that tells
// scales apart.
#pragma once

#include <span>
#include <vector>

#include "fit/laws/law_info.h"

namespace saelaw {

// Points by scale, ascending. A scale is one value to within 1e-9; where there are too many of
// them, one of 6 stretches of about equal count, which never split a value.
using Scales = std::vector<std::vector<Point>>;

// By what all laws have in common, ln(tokens·params) where all points have both, else ln tokens (ln
// compute where tokens are not known); stretches of more than 8.
Scales ByScale(std::span<const Point> points);

// By one variable, which all points have; stretches of more than 12.
Scales ByScale(std::span<const Point> points, Variable variable);

// What the scales of one law are made of: its tokens, its compute, or else its first variable.
Variable FindScale(const LawInfo& law);

// All points of the first `count` scales.
std::vector<Point> FirstScales(const Scales& scales, std::size_t count);

// Geometric means, since laws are fitted in logarithms; exact for a scale of one value.
double MeanLoss(const std::vector<Point>& points);
double MeanScale(const std::vector<Point>& points, Variable scale);
double MeanTokens(const std::vector<Point>& points);

}  // namespace saelaw
