// The points of a table by their scale: one number of tokens, or what a law has in its place.
#pragma once

#include <vector>

#include "fit/laws/law_info.h"

namespace saelaw {

// By scale, ascending.
using Scales = std::vector<std::vector<Point>>;

// What the scales of a law are made of: its tokens, its compute, or else its first variable.
Variable ScaleOf(const LawInfo& law);

// One scale per value; where there are more than 12 of them, six of about equal count.
Scales ByScale(std::vector<Point> points, Variable scale);

// Geometric means, since laws are fitted in logarithms; exact for a scale of one value.
double MeanLoss(const std::vector<Point>& points);
double MeanScale(const std::vector<Point>& points, Variable scale);
double MeanTokens(const std::vector<Point>& points);

}  // namespace saelaw
