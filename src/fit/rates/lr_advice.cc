// Advice is the optimum, unless it lies above what is sure enough to survive; then it is the bound.
// Losing a run costs more than a rate that is somewhat too low, so the bound always wins.
#include "fit/rates/lr_advice.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

// Whether the best rates stand beside cliffs: then the largest stable rate is the best guess.
bool BesideCliffs(const LrLawFit& law) {
  return std::any_of(law.optima.begin(), law.optima.end(), [](const LrOptimum& optimum) {
    return optimum.censoring == Censoring::kCliff;
  });
}

// The interval's farther end says what the advice costs at worst.
void AdviseOptimum(const LrLawFit& law, const Prediction& optimum, LrAdvice& advice) {
  advice.lr = optimum.value;
  advice.interval = optimum.confidence;
  advice.from_optimum = true;
  // The loss rises by a parabola, so the farther end of the interval costs most.
  const double off = std::max(std::log(optimum.confidence.hi / optimum.value),
                              std::log(optimum.value / optimum.confidence.lo));
  advice.regret = std::expm1(law.Curvature() * off * off);
  advice.cost = 0;
  advice.cost_interval = {0, 0};
}

// Beyond the bound the optimum's interval says nothing of the advised rate; how far below the
// optimum it stands says what it costs, as far as any size was trained below its own.
void HoldBelow(double bound, const LrLawFit& law, const Prediction* optimum, LrAdvice& advice) {
  advice = {};
  advice.lr = advice.bound = bound;
  advice.held_by_edge = true;
  if (optimum == nullptr || std::log(optimum->value / bound) > law.ReachBelow()) return;
  // What is given up is read off the valley, at the distance from the optimum to the bound.
  const auto cost = [&](double best) {
    const double off = std::log(best / bound);
    return std::expm1(law.Curvature() * off * off);
  };
  // If the bound lies within the optimum's interval, the advice may cost nothing at all.
  const Interval& place = optimum->confidence;
  const bool astride = place.lo <= bound && bound <= place.hi;
  advice.cost = cost(optimum->value);
  advice.cost_interval = {astride ? 0 : std::min(cost(place.lo), cost(place.hi)),
                          std::max(cost(place.lo), cost(place.hi))};
}

}  // namespace

Stability StabilityAt(const LrEdgeFit& edge, const Point& at, double lr) {
  // Without an edge nothing is said, which is not the same as being safe.
  if (!edge.ok() || !(lr > 0)) return {};
  return {std::log(edge.law.Predict(at).value / lr), 1 - edge.failure_probability(at.tokens, lr)};
}

LrAdvice AdviseRate(const LrLawFit& law, const LrEdgeFit& edge, const Point& target) {
  LrAdvice advice;
  if (edge.ok()) advice.bound = edge.LowerBound(target.tokens);
  if (law.ok()) {
    const Prediction optimum = law.law.Predict(target);
    AdviseOptimum(law, optimum, advice);
    if (advice.bound > 0 && advice.lr > advice.bound) {
      HoldBelow(advice.bound, law, &optimum, advice);
    }
  } else if (advice.bound > 0 && BesideCliffs(law)) {
    // Without a law of the optimum the bound is still good advice, but only where the best rates
    // stood right beside it.
    HoldBelow(advice.bound, law, nullptr, advice);
  }
  return advice;
}

}  // namespace saelaw
