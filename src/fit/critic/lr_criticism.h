// What speaks against the laws of a sweep (the best rate, the stability edge, the joint surface,
// the split of compute): what they would have said of sizes they had not seen, which rows they hang
// on, and which size or rate to run next.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "fit/critic/criticism.h"

namespace saelaw {

// One scale of a sweep (one number of tokens, or one compute) as it was measured, by itself.
struct MeasuredScale {
  double scale = 0;  // tokens, or compute
  Point at;          // where the law is asked for it
  // What the law predicts; empty where the scale by itself shows none (a censored optimum).
  std::vector<double> values;
  Interval known_to;  // of a value that is known to a bracket; unknown: to a point
  // Where each value was measured, which is where the law has to say it: the sizes of one scale may
  // differ in params and batch. Empty: all at `at`.
  std::vector<Point> places{};
};

// How a law of a sweep is fitted again.
struct SweepCritique {
  std::span<const Point> points;
  std::span<const Point> failed;
  double Point::*scale = &Point::tokens;
  std::function<LawFit(std::span<const Point>, std::span<const Point>)> fit;
  // The same without intervals, for single rows: these are many, and their values are all that is
  // compared. Empty: `fit` serves.
  std::function<LawFit(std::span<const Point>, std::span<const Point>)> bare{};
  std::vector<MeasuredScale> measured;  // ascending
  Role exponent = Role::kExponent;      // which of the law's exponents is watched
  // Whether every row is left out in turn; else every scale, where a fit is dear.
  bool drop_rows = true;
};

// The rows of `held_out` stand for scales, and those of `influence` for rows or, where drop_rows is
// not set, for scales (`row`: the scale's first). Floors and local exponents are not a sweep's;
// next runs are the caller's. Never throws for data.
Criticism CriticiseSweep(const SweepCritique& critique,
                         const LawFit& whole,
                         const Point* target = nullptr);

// One scale more for a law that is a weighted line in ln scale through its scales' values: each
// once more, and the largest with 2 and 4 times as much. `sds`: of the values, in ln.
std::vector<NextRun> NextScales(const std::vector<MeasuredScale>& measured,
                                const std::vector<double>& sds,
                                double Point::*scale,
                                const Point& target);

}  // namespace saelaw
