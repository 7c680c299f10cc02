// A coarse grid finds the valley wherever it lies, finer ones about its best cell find its floor.
// The law is smooth and cheap, so that nothing cleverer is needed.
#include "fit/critic/best_pair.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

using enum Variable;

// From where to where a variable is searched, in logarithms.
struct Range {
  double lo = std::numeric_limits<double>::infinity();
  double hi = -lo;

  void Hold(double value) { lo = std::min(lo, value), hi = std::max(hi, value); }
  double At(int i, int cells) const { return lo + (hi - lo) * i / cells; }
  // The neighbourhood of a value, one cell to each side, within this range.
  Range About(double value, int cells) const {
    const double cell = (hi - lo) / cells;
    return {std::max(lo, value - cell), std::min(hi, value + cell)};
  }
  bool AtEnd(double value) const {
    const double near = 1e-3 * (hi - lo);
    return hi > lo && (value < lo + near || value > hi - near);
  }
};

Range Measured(std::span<const Point> points, Variable variable, const Point& place) {
  Range range;
  if (Get(place, variable) > 0) {
    range.Hold(std::log(Get(place, variable)));
    return range;
  }
  for (const Point& point : points) {
    const double value = Get(point, variable);
    if (point.loss > 0 && value > 0 && std::isfinite(value)) range.Hold(std::log(value));
  }
  return range;
}

Point With(Point place, double log_lr, double log_batch) {
  place.lr = std::exp(log_lr);
  place.batch = std::exp(log_batch);
  return place;
}

struct Found {
  double log_lr = 0;
  double log_batch = 0;
  double log_loss = std::numeric_limits<double>::infinity();
};

Found OnGrid(
    const LawFit& fit, const Point& place, const Range& lr, const Range& batch, int cells) {
  Found best;
  for (int i = 0; i <= cells; ++i) {
    for (int j = 0; j <= cells; ++j) {
      const double log_lr = lr.At(i, cells);
      const double log_batch = batch.At(j, cells);
      const double log_loss = fit.log_value(With(place, log_lr, log_batch));
      if (log_loss < best.log_loss) best = {log_lr, log_batch, log_loss};
    }
  }
  return best;
}

Found Search(const LawFit& fit, const Point& place, Range lr, Range batch) {
  constexpr int kCoarse = 32;
  constexpr int kFine = 8;
  constexpr int kRounds = 7;  // each a quarter of the last: to 1e-6 of the range
  Found best = OnGrid(fit, place, lr, batch, kCoarse);
  int cells = kCoarse;
  for (int round = 0; round < kRounds && std::isfinite(best.log_loss); ++round) {
    lr = lr.About(best.log_lr, cells);
    batch = batch.About(best.log_batch, cells);
    cells = kFine;
    const Found finer = OnGrid(fit, place, lr, batch, cells);
    if (finer.log_loss < best.log_loss) best = finer;
  }
  return best;
}

Point Nearest(std::span<const Point> points, const Point& place, const Found& best) {
  Point nearest = place;
  double least = std::numeric_limits<double>::infinity();
  for (const Point& point : points) {
    if (!(point.loss > 0 && point.lr > 0 && point.batch > 0)) continue;
    const double off =
        std::hypot(std::log(point.lr) - best.log_lr, std::log(point.batch) - best.log_batch);
    if (!(off < least)) continue;
    least = off;
    nearest.lr = point.lr;
    nearest.batch = point.batch;
  }
  return nearest;
}

}  // namespace

std::optional<BestPair> FindBestPair(const LawFit& fit,
                                     std::span<const Point> points,
                                     const Point& place) {
  const bool knows = fit.ok() && fit.info->Needs(kLr) && fit.info->Needs(kBatch);
  if (!knows || !fit.log_value) return std::nullopt;
  for (const Variable variable : fit.info->variables) {
    const bool searched = variable == kLr || variable == kBatch;
    if (!searched && !(Get(place, variable) > 0)) return std::nullopt;
  }
  const Range lr = Measured(points, kLr, place);
  const Range batch = Measured(points, kBatch, place);
  const Found best = Search(fit, place, lr, batch);
  if (!std::isfinite(best.log_loss)) return std::nullopt;
  BestPair pair;
  pair.at = With(place, best.log_lr, best.log_batch);
  pair.value = std::exp(best.log_loss);
  pair.lr_at_end = lr.AtEnd(best.log_lr);
  pair.batch_at_end = batch.AtEnd(best.log_batch);
  pair.nearest = Nearest(points, place, best);
  pair.nearest_value = std::exp(fit.log_value(pair.nearest));
  pair.regret = pair.nearest_value / pair.value - 1;
  return pair;
}

}  // namespace saelaw
