// Whether the runs of a table are of two kinds.
#pragma once

#include <span>
#include <string>

#include "fit/critic/residuals.h"
#include "fit/points/csv.h"

namespace saelaw {

// One line for the user, empty where nothing speaks for it. Residuals that fall into two groups,
// each of a fifth of the points or more: their means, over the sd about a line for each group, lie
// further apart than in 199 of 200 tables of normal noise (3.6 + 40/points covers that for 8 to 240
// points, by simulation), and both groups occur all along the law's values. What lies apart in one
// range alone is the law's own misfit.
std::string TwoPopulations(const Residuals& residuals, std::span<const Point> points);

// The same by the words of a column: those whose residuals differ in an analysis of variance, at
// 0.1 % for all labels together. `labelled` are the points that the labels have words of; `points`
// are found among them by their rows.
std::string LabelledPopulations(const Residuals& residuals,
                                std::span<const Point> points,
                                std::span<const UnreadColumn> labels,
                                std::span<const Point> labelled);

}  // namespace saelaw
