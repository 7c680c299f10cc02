// All rows of a learning-rate sweep in one law: loss against data and rate together. It stands
// beside the stepwise lr law (fit/rates/lr_law.h): where the two disagree on the exponent, neither
// is sure.
#pragma once

#include <span>
#include <string>

#include "fit/intervals/law_fit.h"
#include "fit/rates/lr_law.h"

namespace saelaw {

// loss = base · exp(curvature · (ln lr - ln LR*)²) with base = floor + coef · tokens^-exponent and
// LR* = lr_coef · tokens^lr_exponent: a valley of one relative width at every size, which for small
// distances is base + curvature·loss·(ln lr - ln LR*)². Where params vary, base is the size-data
// law and LR* has a factor params^lr_exponent_n.
struct LrSurfaceFit {
  // law "lr-surface"; params those of the base, then curvature, lr_coef, lr_exponent (and
  // lr_exponent_n); predictions are losses at tokens, lr (and params).
  LawFit law;
  LrLawFit stepwise;  // the law of the same rows, size by size
  // LR* at a place, with its interval. Set when ok().
  std::function<Prediction(const Point& at)> best_rate;

  bool ok() const { return law.ok(); }
  // The share of the loss that a rate e^(delta_ln) times the best one costs. Requires ok().
  double Regret(double delta_ln) const;
};

// `points`, `failed`: as for FitLrLaw. Rates above a size's first failure, and those further than a
// factor of 4.5 from its optimum, are left out: there the valley is not a parabola. Refused with
// fewer than 3 sizes, or when no size shows a minimum.
LrSurfaceFit FitLrSurface(std::span<const Point> points,
                          std::span<const Point> failed,
                          const FitOptions& options);

// What the law says of itself, for the table of laws.
const LawInfo& LrSurfaceLaw();

}  // namespace saelaw
