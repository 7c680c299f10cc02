// Which runs of a table share a budget of compute, and where each budget has its best size.
#pragma once

#include <vector>

#include "fit/points/point.h"
#include "fit/rates/compute_law.h"
#include "fit/rates/valley_law.h"

namespace saelaw {

// The runs of one budget. Trainers round steps and count FLOP in different ways, so that one
// nominal budget has runs whose real compute differs.
using Budget = std::vector<Point>;

// `points` ascending in compute. Budgets are told apart where ln compute has a gap: at less than
// 1 % runs are of one budget, at more than a factor of 1.5 they are not, and in between the gaps
// are split where they differ most. Rows of which hardly any share a budget are one budget each.
std::vector<Budget> SplitByBudget(const std::vector<Point>& points);

// The geometric mean.
double MeanCompute(const Budget& budget);

// Valleys of ln loss against ln params, one for each budget, with the optima along a line in ln
// compute. Runs are first moved to their budget's compute, by the slopes of the best loss and of
// the best size that the fit itself finds.
struct BudgetValleys {
  std::vector<ComputeOptimum> optima;  // without tokens
  ValleyLaw law;                       // of place {ln compute}
  std::vector<DroppedPoint> dropped;
};
BudgetValleys FitBudgets(const std::vector<Budget>& budgets);

}  // namespace saelaw
