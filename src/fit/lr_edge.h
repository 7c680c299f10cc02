// The stability edge: the largest learning rate that survives, lr_max(D) = coef · D^exponent, from
// which runs survived and which failed (interval-censored, a logistic edge in ln lr and ln D).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/law_fit.h"

namespace saelaw {

// One data size: the edge lies between the two; 0 where there is no such run.
struct LrEdgeBracket {
  double tokens = 0;
  double last_survivor = 0;  // the highest rate below every failure
  double first_failure = 0;
};

struct LrEdgeFit {
  std::vector<LrEdgeBracket> brackets;
  LawFit law;  // of law name "lr-edge", params coef and exponent; refused without a bracket
  std::vector<std::string> warnings;
  bool ok() const { return law.ok(); }
  // What the edge at a size is above with a probability of 99 %: the rate that advice stays below.
  // Requires ok().
  double LowerBound(double tokens) const;

  // The edge's quantile at a size: below it with probability `share`. Set when ok().
  std::function<double(double tokens, double share)> quantile;
};

// `survived` and `failed` (diverged or collapsed): rows of tokens and lr; a survivor's loss that is
// NaN or 3 times the size's best counts as failed. Refused when nothing failed, and when no size
// has a surviving rate below a failed one. The interval is of a posterior with a normal prior on
// the exponent (0 ± 0.5). Never throws for data.
LrEdgeFit FitLrEdge(std::span<const Point> survived,
                    std::span<const Point> failed,
                    const FitOptions& options);

}  // namespace saelaw
