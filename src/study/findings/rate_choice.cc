#include "study/findings/rate_choice.h"

#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "fit/fit.h"
#include "study/design/family.h"
#include "study/findings/measured_rate.h"

namespace saelaw {
namespace {

// To three significant digits; downwards where the nearest lies above `bound` (0: no bound).
double Rounded(double lr, double bound) {
  const auto nearest = [](double value) {
    return std::strtod(fmt::format("{:.3g}", value).c_str(), nullptr);
  };
  const double rounded = nearest(lr);
  constexpr double kOneStep = 0.995;
  return bound > 0 && rounded > bound ? nearest(lr * kOneStep) : rounded;
}

}  // namespace

std::string_view Name(LrBasis basis) {
  constexpr std::array<std::string_view, 3> kNames = {"optimum", "stability-edge", "none"};
  return kNames.at(static_cast<std::size_t>(basis));
}

RateChoice ChooseRate(const Sweep& sweep, const RateLaws& rates, const Point& at) {
  const LrAdvice advice = AdviseRate(rates.best, rates.edge, at);
  RateChoice choice;
  choice.lr = sweep.loss_law.lr;
  choice.bound = advice.bound;
  const double measured =
      rates.best.ok() || advice.bound == 0
          ? 0
          : BestMeasuredRate(rates.fitted, LrSizeNearTarget(sweep), advice.bound);
  if (measured > 0) {
    // A law of loss at this very rate can predict, which the bound itself has none of.
    choice.lr = measured;
    choice.basis = LrBasis::kStabilityEdge;
  } else if (advice.lr > 0) {
    choice.lr = advice.lr;
    choice.interval = advice.interval;
    choice.basis = advice.from_optimum ? LrBasis::kOptimum : LrBasis::kStabilityEdge;
    choice.regret = advice.regret;
    choice.cost = advice.cost;
    choice.cost_interval = advice.cost_interval;
  } else if (choice.bound > 0 && choice.lr > choice.bound) {
    choice.lr = choice.bound;
    choice.basis = LrBasis::kStabilityEdge;
  }
  // Rounding must not carry a rate over the edge's bound.
  if (!rates.IsMeasured(choice.lr)) choice.lr = Rounded(choice.lr, choice.bound);
  const Stability stability = StabilityAt(rates.edge, at, choice.lr);
  choice.margin = stability.margin;
  choice.survival = stability.survival;
  if (choice.basis == LrBasis::kNone) choice.law = LossLawOf::kItsRate;
  return choice;
}

}  // namespace saelaw
