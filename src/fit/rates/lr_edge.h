// The stability edge: the largest learning rate that survives, from which runs survived and which
// failed (interval-censored), and the rate at which one more run is sure enough to survive.
//
// Model: a run of learning rate lr on D tokens fails with probability
//   P(fail) = 1 / (1 + exp(-(ln lr - ln edge(D)) / width)),   edge(D) = coef · D^exponent,
// so that the edge is where half of the runs fail, and `width` is the lottery between seeds: a run
// 4.6 widths (in ln) below the edge fails once in a hundred. Runs are independent given the model.
// Its posterior, with priors as in fit/rates/edge_posterior.h, knows three kinds of doubt: where
// within its bracket the edge of each size lies, how that extrapolates, and the width, of which
// several seeds near the edge tell most. Without such seeds it is the prior's to the brackets' own
// breadth. The bound (LrEdgeFit::LowerBound) is of one run, not of the edge: at that rate the run
// fails with a probability of 1 % by all three together,
//   mean over the posterior of P(fail at LowerBound(D) | coef, exponent, width) = 0.01,
// or, where that is lower, by the posterior of a sharp edge alone (fit/rates/edge_posterior.h says
// why).
#pragma once

#include <functional>
#include <span>

#include "fit/intervals/law_fit.h"

namespace saelaw {

// The share of runs at the bound that fail.
inline constexpr double kFailureAtBound = 0.01;

// One data size: the edge lies between the two; 0 where there is no such run.
struct LrEdgeBracket {
  double tokens = 0;
  double last_survivor = 0;  // the highest rate below every failure
  double first_failure = 0;
};

struct LrEdgeFit {
  std::vector<LrEdgeBracket> brackets;
  // Of law name "lr-edge", params coef, exponent and width; refused without a bracket. Predictions
  // are edges; the prediction interval is of the highest rate that one run survives.
  LawFit law;
  FitWarnings warnings;
  bool ok() const { return law.ok(); }
  // The rate that advice stays below. Requires ok().
  double LowerBound(double tokens) const { return rate_of_failure(tokens, kFailureAtBound); }

  // Set when ok(): the probability that one new run fails, and the rate at which that is so.
  std::function<double(double tokens, double lr)> failure_probability;
  std::function<double(double tokens, double probability)> rate_of_failure;
};

// `survived` and `failed` (diverged or collapsed): rows of tokens and lr; a survivor's loss that is
// NaN or 3 times the size's best counts as failed. Refused when nothing failed, and when no size
// has a surviving rate below a failed one. Params and batch have no exponent: where they vary, a
// warning says so. Never throws for data.
LrEdgeFit FitLrEdge(std::span<const Point> survived,
                    std::span<const Point> failed,
                    const FitOptions& options);

// What the law says of itself, for the table of laws.
const LawInfo& LrEdgeLaw();

}  // namespace saelaw
