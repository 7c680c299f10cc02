// What the residuals of a law say of its table: rows that are mistakes, runs of two kinds in one
// table, points that are checkpoints of one run.
#pragma once

#include <span>
#include <vector>

#include "fit/intervals/law_fit.h"
#include "fit/points/csv.h"

namespace saelaw {

// A point that the law of all others contradicts.
struct Outlier {
  Point point;
  double expected = 0;  // by the law without the outliers
};

struct ResidualCheck {
  std::vector<Outlier> outliers;
  FitWarnings warnings;  // one for each kind of finding
};

// `whole` is the law of `usable`, `labels` columns of words that no key reads; their words are
// those of `labelled`, of which the usable points are some. Refits the law at most twice: robustly
// where `whole` is not robust, and without the suspects.
//
// Two populations: fit/critic/populations.h; they exclude what follows.
// Outliers: beyond four local robust sds, and outside of the interval, at 1 % for all points
// together, in which the law of the others expects a run there (the studentised deleted residual).
// One run's checkpoints: points that share everything but tokens, five or more of them, whose
// neighbours' residuals have a correlation above .5 at three sds. Asked only where no stream or
// trunk is known, since intervals count those already.
ResidualCheck CheckResiduals(const LawFit& whole,
                             std::span<const Point> usable,
                             const FitOptions& options,
                             std::span<const UnreadColumn> labels = {},
                             std::span<const Point> labelled = {});

}  // namespace saelaw
