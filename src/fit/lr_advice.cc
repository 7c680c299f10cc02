#include "fit/lr_advice.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

// Whether the best rates stand beside cliffs: then the largest stable rate is the best guess.
bool BesideCliffs(const LrLawFit& law) {
  return std::any_of(law.optima.begin(), law.optima.end(), [](const LrOptimum& optimum) {
    return optimum.censoring == Censoring::kCliff;
  });
}

}  // namespace

LrAdvice AdviseRate(const LrLawFit& law, const LrEdgeFit& edge, const Point& target) {
  LrAdvice advice;
  advice.regret = advice.margin = std::numeric_limits<double>::quiet_NaN();
  if (edge.ok()) advice.bound = edge.LowerBound(target.tokens);
  if (law.ok()) {
    const Prediction optimum = law.law.Predict(target);
    advice.lr = optimum.value;
    advice.interval = optimum.confidence;
    advice.from_optimum = true;
    const double off = std::max(std::log(optimum.confidence.hi / optimum.value),
                                std::log(optimum.value / optimum.confidence.lo));
    advice.regret = std::expm1(law.Curvature() * off * off);
  }
  const bool only_edge = !law.ok() && BesideCliffs(law);
  if (advice.bound > 0 && (only_edge || advice.lr > advice.bound)) {
    // Beyond the bound the optimum's interval says nothing of the advised rate.
    advice.lr = advice.bound;
    advice.interval = {};
    advice.from_optimum = false;
    advice.held_by_edge = true;
  }
  if (edge.ok() && advice.lr > 0) {
    advice.margin = std::log(edge.law.Predict(target).value / advice.lr);
  }
  return advice;
}

}  // namespace saelaw
