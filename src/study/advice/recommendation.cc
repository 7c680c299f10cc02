// The parts of the answer are found one after another, each from those before it, and what must not
// be shown is taken away at the very end, so that the verdict can still speak of it.
#include "study/advice/recommendation.h"

#include <cmath>

#include "fit/fit.h"
#include "study/advice/advice_limits.h"
#include "study/advice/advice_warnings.h"
#include "study/advice/forecast.h"
#include "study/advice/reach_verdict.h"
#include "study/advice/would_change.h"
#include "study/design/places.h"
#include "study/findings/rate_choice.h"

namespace saelaw {
namespace {

RunSpec TargetRun(const Sweep& sweep, double lr) {
  Sweep at_target = sweep;
  if (sweep.target.batch_tokens > 0) at_target.training.batch_tokens = sweep.target.batch_tokens;
  return MakeRun(at_target, sweep.target.tokens, sweep.target.d_sae, lr, 0);
}

void Predict(const Sweep& sweep, const Findings& findings, bool supported, Recommendation* answer) {
  const Forecast forecast(sweep, findings, supported);
  answer->loss_basis = BasisOfLoss(findings.loss);
  constexpr std::size_t kTarget = 2;
  std::vector<double> budgets;
  for (const double factor : {0.25, 0.5, 1.0, 2.0}) budgets.push_back(factor * answer->tokens);
  const std::vector<Estimate> losses = forecast.Falling(budgets, kTarget);
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    const double hours = PriceTarget(sweep, budgets[i], answer->price.device).exact_hours();
    answer->alternatives.push_back({budgets[i], losses[i], hours});
  }
  // The answer and its row among the budgets are one number.
  answer->loss = losses[kTarget];
  answer->parts = SplitLoss(findings.parts, answer->loss);
}

void SetExponents(const Findings& findings, Recommendation* answer) {
  const LawFit& law = findings.loss.Predicting().fit;
  const auto exponent = [](const LawFit& of) {
    return of.ok() ? of.Find(Role::kExponent, Variable::kTokens) : nullptr;
  };
  if (const Parameter* of_loss = exponent(law)) answer->loss_exponent = *of_loss;
  if (const Parameter* of_rate = exponent(findings.rates.best.law)) answer->lr_exponent = *of_rate;
}

// Where no law covers the target's size or batch, the values stand alone.
void SetRates(const Sweep& sweep,
              const Findings& findings,
              const RateChoice& rate,
              const Support& support,
              Recommendation* answer) {
  const Point at = TargetPlace(sweep);
  answer->lr = rate.lr;
  answer->lr_basis = rate.basis;
  answer->lr_margin = rate.margin;
  answer->lr_survival = rate.survival;
  if (findings.rates.best.ok()) {
    const Prediction optimum = findings.rates.best.law.Predict(at);
    answer->lr_optimum = {optimum.value, support.rate ? optimum.confidence : Interval{}};
    answer->lr_cost = {rate.cost, support.rate ? rate.cost_interval : Interval{}};
  }
  if (support.rate) {
    answer->lr_interval = rate.interval;
    answer->lr_regret = rate.regret;
  }
  if (support.edge) answer->lr_bound = rate.bound;
  if (findings.rates.edge.ok()) {
    const Prediction edge = findings.rates.edge.law.Predict(at);
    answer->lr_max = {edge.value, support.edge ? edge.confidence : Interval{}};
  }
  if (findings.rates.surface.ok()) {
    const Prediction surface = findings.rates.surface.best_rate(at);
    answer->lr_surface = {surface.value, support.surface ? surface.confidence : Interval{}};
  }
}

}  // namespace

Recommendation Recommend(const Sweep& sweep, const Findings& findings, bool force) {
  Recommendation answer;
  answer.sweep = sweep.name;
  answer.demonstration = sweep.demonstration;
  answer.tokens = static_cast<double>(sweep.target.tokens);
  answer.d_sae = sweep.target.d_sae;
  const RateChoice rate = ChooseRate(sweep, findings.rates, TargetPlace(sweep));
  answer.transfer = FindTransfers(sweep, findings, rate);
  const Support support = FindSupport(sweep, findings.rates, answer.transfer);
  SetRates(sweep, findings, rate, support, &answer);
  answer.threshold_lr = sweep.training.threshold_lr;
  answer.run = TargetRun(sweep, rate.lr);
  answer.execution = sweep.execution;
  answer.price = PriceTarget(sweep, answer.tokens, TargetDevice(sweep.target));
  answer.hold_out = findings.hold_out;
  const double fitted = findings.loss.fitted_tokens;
  answer.extrapolation_factor = fitted > 0 ? answer.tokens / fitted : 0;
  SetExponents(findings, &answer);
  Predict(sweep, findings, support.loss, &answer);
  answer.risk = FindRateRisk(sweep, findings.rates, rate, TargetPlace(sweep), answer.loss);
  answer.criticism = findings.loss.criticism;
  answer.lr_criticism = findings.rates.best_criticism;
  answer.lr_max_criticism = findings.rates.edge_criticism;
  answer.would_change = FindWhatWouldChange(sweep, findings, answer);
  for (const StudyRun& run : findings.runs) answer.evidence.push_back(run.id);
  AddWarnings(findings, force, &answer);
  answer.verdict = ReachVerdict(sweep, findings, answer);
  if (answer.refused) Withhold(&answer);
  return answer;
}

}  // namespace saelaw
