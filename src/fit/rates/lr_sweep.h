// A sweep of the learning rate at several data sizes, sorted: what survived, what failed, and each
// size's optimum. Shared by the lr law and the stability edge.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "fit/rates/lr_law.h"

namespace saelaw {

// A loss of more than this times the best of its size is that of a failed run.
inline constexpr double kOutlierRatio = 3;

// All runs of one rate at one size.
struct SweptRate {
  double lr = 0;
  std::vector<double> log_losses;  // of the runs that survived
  std::vector<int> clusters;       // of those (fit/points/clusters.h); alike where none is shared
  int failed = 0;
  // Mean of log_losses, less what the clusters shift all rates of the size by: further seeds were
  // run at some rates alone, and a seed whose stream is an easy one makes none of them better.
  // NaN where no run survived.
  double log_loss = std::numeric_limits<double>::quiet_NaN();
  // A rate survives when every run did: beside the cliff a seed's survival is luck.
  bool survives() const { return failed == 0 && !log_losses.empty(); }
};

struct SweptSize {
  double tokens = 0;
  double params = 0;  // NaN: not in the data
  double batch = 0;
  std::vector<SweptRate> rates;  // ascending
};

struct LrSweep {
  std::vector<SweptSize> sizes;        // ascending
  std::vector<DroppedPoint> failures;  // runs that count as failed, with the reason
  std::vector<DroppedPoint> unusable;  // rows left out
};

// Sizes and rates equal to within 1e-9 are one. A NaN, infinite or non-positive loss and one of
// more than 3 times the size's best count as failed and are listed; rows without positive tokens
// and lr, and exact repeats, are listed and left out.
LrSweep SortSweep(std::span<const Point> points, std::span<const Point> failed);

// The optimum of each size: a least-squares parabola in ln lr through the survivors around the best
// rate, of a level of its own for each cluster (a data order moves all rates of a size alike, which
// moves no optimum). `residual_sd` and `residual_df` are pooled over all sizes' parabolas.
struct SweepOptima {
  std::vector<LrOptimum> optima;
  double residual_sd = 0;
  int residual_df = 0;
};
SweepOptima FindOptima(const LrSweep& sweep);

}  // namespace saelaw
