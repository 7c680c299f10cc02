// Each size's best learning rate, by a parabola through the rates around it.
#pragma once

#include <vector>

#include "fit/rates/lr_law.h"
#include "fit/rates/rate_table.h"

namespace saelaw {

// Farther than this from the best rate, a factor of 4.5, the valley is no parabola: |ln lr - ln
// best|.
inline constexpr double kFurthest = 1.5;

// The optimum of each size: a least-squares parabola in ln lr through the survivors around the best
// rate, of a level of its own for each cluster (a data order moves all rates of a size alike, which
// moves no optimum). `residual_sd` and `residual_df` are pooled over all sizes' parabolas.
struct SweepOptima {
  std::vector<LrOptimum> optima;
  double residual_sd = 0;
  int residual_df = 0;
};
SweepOptima FindOptima(const RateTable& table);

}  // namespace saelaw
