// The best learning rate and batch out of a law of loss that knows both, and what it costs to take
// the nearest pair that was measured.
#pragma once

#include <optional>
#include <span>

#include "fit/intervals/law_fit.h"

namespace saelaw {

struct BestPair {
  Point at;          // params, tokens, and the best lr and batch
  double value = 0;  // the law's loss there
  // Whether the best is the smallest or the largest that was measured, so that one beyond may be
  // better.
  bool lr_at_end = false;
  bool batch_at_end = false;
  Point nearest;             // the same place with the nearest pair of lr and batch of any run
  double nearest_value = 0;  // the law's loss there
  double regret = 0;         // nearest_value / value - 1
};

// Least loss of the law at the size and data of `place`, over the rates and batches between the
// smallest and the largest that were measured: penalties of that kind may have no minimum of their
// own. A rate or batch that the place names is kept. Distances are those of logarithms. Nothing for
// a law without rate or batch, or a place without size or data.
std::optional<BestPair> FindBestPair(const LawFit& fit,
                                     std::span<const Point> points,
                                     const Point& place);

}  // namespace saelaw
