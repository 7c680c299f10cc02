// Each size's best learning rate: whether the best of the rates that were run is an optimum at all,
// and where the valley through them has its bottom.
#pragma once

#include <span>
#include <vector>

#include "fit/rates/lr_law.h"
#include "fit/rates/rate_table.h"
#include "fit/rates/valley_law.h"

namespace saelaw {

// Farther than this from the optimum, a factor of 4.5, the joint surface's valley is no parabola:
// |ln lr - ln optimum|.
inline constexpr double kFurthest = 1.5;

// The sizes of a sweep before any valley is fitted: what is censored, the best rate that was run,
// the bounds; and their surviving runs below the first failure, as valleys without a place. Runs
// have a level for each cluster (a data order moves all rates of a size alike, which moves no
// optimum) where some cluster stands at three rates of the size.
struct SweptSizes {
  std::vector<LrOptimum> optima;
  ValleyData valleys;            // a group for each size that has a survivor
  std::vector<std::size_t> of;   // [groups] its size
  std::vector<double> grid_sds;  // [optima] where no noise is known: of ln lr, by its neighbours
};
SweptSizes DescribeSizes(const RateTable& table);

// The same with the optima filled in from fitted valleys: lr, loss, sd and curvature of those that
// are uncensored.
void FillOptima(const ValleyLaw& law, SweptSizes& sizes);

}  // namespace saelaw
