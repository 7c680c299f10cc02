#include "study/findings/rate_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>

#include <fmt/format.h>

#include "fit/fit.h"
#include "study/design/family.h"
#include "study/design/places.h"

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

// What one rate did at the sizes of the lr law.
struct RateRecord {
  std::set<std::int64_t> sizes;  // at which every run of it completed
  std::set<std::int64_t> failed;
  // At its largest size, of the first seed, which all rates have: a further seed's stream may be an
  // easy one.
  double loss = 0;
  std::uint64_t seed = 0;
};

// Losses are those of the SAE size nearest to the target's; a failure at any size counts.
std::map<double, RateRecord> RecordsOf(const Sweep& sweep, const Findings& findings) {
  std::map<double, RateRecord> records;
  const std::vector<std::int64_t> sizes = LrSizes(sweep);
  const std::int64_t nearest = LrSizeNearTarget(sweep);
  for (const StudyRun& run : findings.runs) {
    const bool fitted = run.stage == Stage::kLossLaw || run.stage == Stage::kLrLaw;
    const bool swept = std::find(sizes.begin(), sizes.end(), run.d_sae) != sizes.end();
    if (!fitted || !swept) continue;
    if (run.outcome == Outcome::kCompleted && run.d_sae != nearest) continue;
    RateRecord& record = records[run.lr];
    if (run.outcome != Outcome::kCompleted) {
      record.failed.insert(run.tokens);
      continue;
    }
    const bool larger = record.sizes.empty() || run.tokens > *record.sizes.rbegin();
    const bool first = !larger && run.tokens == *record.sizes.rbegin() && run.seed < record.seed;
    if (larger || first) {
      record.loss = run.final.loss;
      record.seed = run.seed;
    }
    record.sizes.insert(run.tokens);
  }
  return records;
}

// The rate with the lowest loss at the largest size, among those that never failed, stand below
// the edge, and carry a law; 0 when there is none.
double BestMeasuredRate(const Sweep& sweep, const Findings& findings, double bound) {
  const std::map<double, RateRecord> records = RecordsOf(sweep, findings);
  std::int64_t largest = 0;
  for (const auto& [lr, record] : records) {
    if (!record.sizes.empty()) largest = std::max(largest, *record.sizes.rbegin());
  }
  double best = 0, best_loss = 0;
  for (const auto& [lr, record] : records) {
    const bool usable = record.sizes.size() >= 3 && record.failed.empty() && lr <= bound &&
                        *record.sizes.rbegin() == largest;
    if (!usable || (best > 0 && record.loss >= best_loss)) continue;
    best = lr;
    best_loss = record.loss;
  }
  return best;
}

// A measured rate is kept to the last bit, so that a law at this rate is a law of it.
bool IsMeasured(const Findings& findings, double lr) {
  return std::any_of(findings.runs.begin(), findings.runs.end(), [&](const StudyRun& run) {
    return run.lr == lr;
  });
}

}  // namespace

std::string_view Name(LrBasis basis) {
  constexpr std::array<std::string_view, 3> kNames = {"optimum", "stability-edge", "none"};
  return kNames.at(static_cast<std::size_t>(basis));
}

RateChoice ChooseRate(const Sweep& sweep, const Findings& findings, const Point& at) {
  const LrAdvice advice = AdviseRate(findings.lr_law, findings.lr_edge, at);
  RateChoice choice;
  choice.lr = sweep.loss_law.lr;
  choice.bound = advice.bound;
  const double measured = findings.lr_law.ok() || advice.bound == 0
                              ? 0
                              : BestMeasuredRate(sweep, findings, advice.bound);
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
  if (!IsMeasured(findings, choice.lr)) choice.lr = Rounded(choice.lr, choice.bound);
  if (findings.lr_edge.ok()) {
    choice.margin = std::log(findings.lr_edge.law.Predict(at).value / choice.lr);
    choice.survival = 1 - findings.lr_edge.failure_probability(at.tokens, choice.lr);
  }
  if (choice.basis == LrBasis::kNone) choice.law = LossLawOf::kItsRate;
  return choice;
}

RateChoice HoldOutRate(const Sweep& sweep, const Findings& findings) {
  RateChoice at_a_rate;
  if (findings.best_loss_lr > 0) {
    at_a_rate.lr = findings.best_loss_lr;
    at_a_rate.basis = LrBasis::kStabilityEdge;
    return at_a_rate;
  }
  const RateChoice choice = ChooseRate(sweep, findings, HoldOutPlace(sweep));
  // No law of loss predicts at a bound that nothing was trained at: then the loss law is checked at
  // its own rate, where that is likely to survive.
  if (choice.basis != LrBasis::kStabilityEdge || IsMeasured(findings, choice.lr)) return choice;
  if (sweep.loss_law.lr >= findings.lr_edge.law.Predict(HoldOutPlace(sweep)).value) return choice;
  at_a_rate.lr = sweep.loss_law.lr;
  at_a_rate.bound = choice.bound;
  at_a_rate.law = LossLawOf::kItsRate;
  return at_a_rate;
}

}  // namespace saelaw
