// With a law of the best rate the choice weighs its loss against the chance to fail; without one
// the stability edge and the rates that were measured are all there is to go by.
#include "study/findings/rate_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "fit/fit.h"
#include "study/design/family.h"
#include "study/findings/measured_rate.h"

namespace saelaw {
namespace {

// All but the best rate and the valley around it.
RateQuestion AskOfEdge(const RateLaws& rates, const Point& at) {
  RateQuestion question;
  question.failure_share = rates.failure.seen_at;
  question.loss_exponent = rates.loss_exponent;
  if (rates.edge.ok()) {
    question.failure = [&edge = rates.edge, tokens = at.tokens](double lr) {
      return edge.failure_probability(tokens, lr);
    };
  }
  return question;
}

double Nearest(double value) { return std::strtod(fmt::format("{:.3g}", value).c_str(), nullptr); }

// To three significant digits; downwards where the nearest lies above `bound` (0: no bound).
double Rounded(double lr, double bound) {
  const double rounded = Nearest(lr);
  constexpr double kOneStep = 0.995;
  return bound > 0 && rounded > bound ? Nearest(lr * kOneStep) : rounded;
}

// The rate that fails with the risk that is taken, or 1 % where none is named; 0 without an edge.
double FindBound(const Sweep& sweep, const RateLaws& rates, const Point& at) {
  if (!rates.edge.ok()) return 0;
  const double risk = sweep.target.risk > 0 ? sweep.target.risk : kFailureAtBound;
  return rates.edge.rate_of_failure(at.tokens, risk);
}

double Decide(const Sweep& sweep, const RateQuestion& question, double bound) {
  if (sweep.target.risk == 0) return LeastLossRate(question);
  return bound > 0 ? std::min(question.optimum, bound) : question.optimum;
}

// The same with the best rate at one end of its interval.
double DecideAt(double optimum, const Sweep& sweep, RateQuestion question, double bound) {
  question.optimum = optimum;
  return Decide(sweep, question, bound);
}

double Excess(RateQuestion question, double optimum, double lr) {
  question.optimum = optimum;
  return question.Excess(lr);
}

// What the rate costs a run that survives, as far as any size was trained below its own best rate.
void SetCost(const RateLaws& rates,
             const RateQuestion& question,
             const Interval& place,
             RateChoice* choice) {
  if (choice->basis == LrBasis::kOptimum) {
    choice->cost = 0;
    choice->cost_interval = {0, 0};
    choice->regret = std::max(question.Excess(place.lo), question.Excess(place.hi));
  } else if (std::log(question.optimum / choice->lr) <= rates.best.ReachBelow()) {
    const double low = Excess(question, place.lo, choice->lr);
    const double high = Excess(question, place.hi, choice->lr);
    const bool astride = place.lo <= choice->lr && choice->lr <= place.hi;
    choice->cost = question.Excess(choice->lr);
    choice->cost_interval = {astride ? 0 : std::min(low, high), std::max(low, high)};
  }
  if (!std::isnan(choice->cost)) choice->expected_cost = JudgeRate(question, choice->lr).expected;
}

void ChooseByLaw(const Sweep& sweep, const RateLaws& rates, const Point& at, RateChoice* choice) {
  const RateQuestion question = AskOfRates(rates, at);
  const double bound = FindBound(sweep, rates, at);
  const double decided = Decide(sweep, question, bound);
  const Interval place = rates.best.law.Predict(at).confidence;
  const bool held = decided < question.optimum;
  choice->basis = held ? LrBasis::kStabilityEdge : LrBasis::kOptimum;
  // Rounding must not carry a rate over the risk that is taken.
  choice->lr = rates.IsMeasured(decided) ? decided : Rounded(decided, held ? decided : 0);
  if (place.known()) {
    choice->interval = {std::min(choice->lr, DecideAt(place.lo, sweep, question, bound)),
                        std::max(choice->lr, DecideAt(place.hi, sweep, question, bound))};
  }
  SetCost(rates, question, place, choice);
}

// Whether the best rates stand beside cliffs: then the largest stable rate is the best guess.
bool BesideCliffs(const LrLawFit& best) {
  return std::any_of(best.optima.begin(), best.optima.end(), [](const LrOptimum& optimum) {
    return optimum.censoring == Censoring::kCliff;
  });
}

// Where the best rates stood beside cliffs and no law says where they lie, they are about where the
// edge is: a valley around it, as curved as those of the sizes that show one.
double LeastLossBesideCliffs(const RateLaws& rates, const Point& at) {
  constexpr double kCurvature = 0.05;  // of the valleys of SmolLM2-135M's activations
  const double known = rates.best.Curvature();
  RateQuestion question = AskOfEdge(rates, at);
  question.optimum = rates.edge.law.Predict(at).value;
  question.curvature = known > 0 ? known : kCurvature;
  return LeastLossRate(question);
}

void ChooseByEdge(const Sweep& sweep, const RateLaws& rates, const Point& at, RateChoice* choice) {
  const bool beside = rates.edge.ok() && BesideCliffs(rates.best);
  const double bound = beside && sweep.target.risk == 0 ? LeastLossBesideCliffs(rates, at)
                                                        : FindBound(sweep, rates, at);
  choice->lr = sweep.loss_law.lr;
  const double measured =
      bound > 0 ? BestMeasuredRate(rates.fitted, LrSizeNearTarget(sweep), bound) : 0;
  if (measured > 0) {
    // A law of loss at this very rate can predict, which the bound itself has none of.
    choice->lr = measured;
    choice->basis = LrBasis::kStabilityEdge;
  } else if (beside || (bound > 0 && choice->lr > bound)) {
    choice->lr = bound;
    choice->basis = LrBasis::kStabilityEdge;
  }
  if (!rates.IsMeasured(choice->lr)) choice->lr = Rounded(choice->lr, bound);
  if (choice->basis == LrBasis::kNone) choice->law = LossLawOf::kItsRate;
}

}  // namespace

std::string_view Name(LrBasis basis) {
  constexpr std::array<std::string_view, 3> kNames = {"optimum", "stability-edge", "none"};
  return kNames.at(static_cast<std::size_t>(basis));
}

RateQuestion AskOfRates(const RateLaws& rates, const Point& at) {
  RateQuestion question = AskOfEdge(rates, at);
  question.optimum = rates.best.law.Predict(at).value;
  question.curvature = rates.best.Curvature();
  return question;
}
RateChoice ChooseRate(const Sweep& sweep, const RateLaws& rates, const Point& at) {
  RateChoice choice;
  if (rates.edge.ok()) choice.bound = rates.edge.LowerBound(at.tokens);
  if (rates.best.ok()) {
    ChooseByLaw(sweep, rates, at, &choice);
  } else {
    ChooseByEdge(sweep, rates, at, &choice);
  }
  const Stability stability = StabilityAt(rates.edge, at, choice.lr);
  choice.margin = stability.margin;
  choice.survival = stability.survival;
  return choice;
}

}  // namespace saelaw
