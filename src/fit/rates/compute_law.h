// The compute-optimal split: how many parameters N*(C) and tokens D*(C) a budget of C FLOP is best
// spent on, from runs of about equal compute. Two ways stand side by side: the loss surface in
// front, which is the tighter one, and the valleys of the budgets, which need no law of loss.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "fit/intervals/law_fit.h"
#include "fit/rates/lr_law.h"

namespace saelaw {

// All runs of one compute.
struct ComputeOptimum {
  double compute = 0;  // the geometric mean of its runs
  double params = 0;   // N*: the bottom of its valley in ln N; the best run's when censored
  double tokens = 0;   // D* = C/(6 N*); NaN where compute says nothing of tokens
  double sd_ln = 0;    // of ln N*; 0 when censored
  double loss = 0;     // there; NaN where the optimum was given
  int points_used = 0;
  Censoring censoring =
      Censoring::kNone;  // grid-low, grid-high: the best run is the smallest, largest
  std::vector<Point>
      runs{};  // that it was read off, as the table has them; empty where it was given
};

struct ComputeLawFit {
  std::vector<ComputeOptimum> optima;  // ascending compute
  // Approach 2 of Hoffmann et al. 2022 (arXiv 2203.15556) with one model of all budgets in the
  // place of a parabola for each (fit/rates/valley_law.h): what a budget weighs follows from the
  // shape that all share. Of given optima a weighted line. Params coef_n, exponent_n (N* =
  // coef_n·C^exponent_n), coef_d, exponent_d; predictions are N* at `compute`. Law name "compute".
  LawFit law;
  // Approach 3: the loss law over all rows, and what follows from it in closed form; the same
  // params.
  LawFit loss_surface;  // law "size-data"; refused where each compute has one row
  LawFit surface;       // law "compute"
  std::shared_ptr<const ValleyLaw> valleys;  // what the optima are read off; null: given ones
  bool ok() const { return law.ok() || surface.ok(); }
  // The share of the loss that a size e^delta_ln times the best one costs at its budget, by the
  // shape that all budgets share. NaN without valleys.
  double Regret(double delta_ln) const;
  // The answer: the surface, and where there is none the law of the budgets' optima.
  const LawFit& leading() const { return surface.ok() ? surface : law; }
};

// Rows of params and compute or tokens (C = 6·N·D gives the one that is missing), and loss. Where
// rows have all three, they say in which unit C is (fit/points/compute_unit.h), with a warning
// where that is not FLOP; where C is no multiple of N·D at all, there is no law of D and no
// surface. Where every compute has one row, the rows are taken as optima found elsewhere, `sd` as
// that of ln N*. Which rows share a budget: SplitByBudget (fit/rates/budgets.h). Never throws for
// data.
ComputeLawFit FitComputeLaw(std::span<const Point> points, const FitOptions& options);

// What the law says of itself, for the table of laws.
const LawInfo& ComputeLaw();

}  // namespace saelaw
