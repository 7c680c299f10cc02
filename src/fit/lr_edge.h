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
  // The rate that survives with 97.5 % one-sided confidence at a size. Requires ok().
  double LowerBound(double tokens) const;
};

LrEdgeFit FitLrEdge(std::span<const Point> survived,
                    std::span<const Point> failed,
                    const FitOptions& options);

}  // namespace saelaw
