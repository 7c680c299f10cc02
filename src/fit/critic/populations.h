// Whether the runs of a table are of two kinds.
#pragma once

#include <optional>
#include <span>

#include "fit/critic/residuals.h"
#include "fit/points/csv.h"

namespace saelaw {

// Empty where nothing speaks for it. Residuals that fall into two groups,
// each of a fifth of the points or more: their means, over the sd about a line for each group, lie
// further apart than in 199 of 200 tables of normal noise (3.6 + 40/points covers that for 8 to 240
// points, by simulation), and both groups occur all along the law's values. What lies apart in one
// range alone is the law's own misfit.
std::optional<warning::TwoPopulations> FindTwoPopulations(const Residuals& residuals,
                                                          std::span<const Point> points);

// The same by the words of a column: those whose residuals differ in an analysis of variance, at
// 0.1 % for all labels together. `labelled` are the points that the labels have words of; `points`
// are found among them by their rows.
std::optional<warning::LabelledPopulations> FindLabelledPopulations(
    const Residuals& residuals,
    std::span<const Point> points,
    std::span<const UnreadColumn> labels,
    std::span<const Point> labelled);

}  // namespace saelaw
