#include "study/advice/recommendation.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "core/quantities.h"
#include "fit/fit.h"
#include "study/advice/advice_limits.h"
#include "study/design/family.h"
#include "study/design/places.h"
#include "study/design/rate_lattice.h"
#include "study/findings/rate_choice.h"
#include "study/findings/rate_loss.h"

namespace saelaw {
namespace {

// Which quantities a law covers at the target; the others have no interval.
struct Support {
  bool loss = false, rate = false, edge = false, surface = false;
};

Support SupportOf(const Sweep& sweep, const Findings& findings, const std::vector<Transfer>& rows) {
  const auto supported = [&](std::initializer_list<std::string_view> fields) {
    return std::all_of(rows.begin(), rows.end(), [&](const Transfer& row) {
      const bool asked = std::find(fields.begin(), fields.end(), row.field) != fields.end();
      return row.supported || !asked;
    });
  };
  Support support;
  support.loss = supported({"tokens", "d_sae (loss)", "lr (loss)", "batch_tokens"});
  support.rate = supported({"d_sae (learning rate)", "batch_tokens"});
  support.edge = supported({"batch_tokens"}) && findings.rates.edge_d_sae == sweep.target.d_sae;
  const bool one_size = LrSizes(sweep) == std::vector{sweep.target.d_sae};
  support.surface = supported({"batch_tokens"}) &&
                    (one_size || findings.rates.surface.law.Find("lr_exponent_n") != nullptr);
  return support;
}

// Predictions at the target, with their intervals where a law covers it.
class Forecast {
 public:
  Forecast(const Sweep& sweep, const Findings& findings, bool supported)
      : sweep_(sweep), findings_(findings), supported_(supported) {}

  Estimate At(const LawFit& law, double tokens) const {
    if (!law.ok()) return {};
    const Prediction predicted = law.Predict(Place(tokens));
    return {predicted.value, supported_ ? predicted.prediction : Interval{}};
  }
  // At the rate that is advised for that many tokens; where no law covers that rate, at those that
  // the law is of.
  Estimate Loss(double tokens) const {
    const Point at = Place(tokens);
    return LossOf(ChooseRate(sweep_, findings_.rates, at), at);
  }
  // As Loss, and unknown where no law covers the rate: losses that are to be compared.
  Estimate ComparableLoss(double tokens) const {
    const Point at = Place(tokens);
    const RateChoice rate = ChooseRate(sweep_, findings_.rates, at);
    return CoversRate(findings_.loss, rate, sweep_.target.d_sae) ? LossOf(rate, at) : Estimate{};
  }

 private:
  Point Place(double tokens) const {
    Point at = TargetPlace(sweep_);
    at.tokens = tokens;
    return at;
  }
  Estimate LossOf(const RateChoice& rate, const Point& at) const {
    if (!findings_.loss.Predicting().fit.ok()) return {};
    const Prediction predicted = PredictLoss(findings_.loss, rate, at, sweep_.target.d_sae);
    return {predicted.value, supported_ ? predicted.prediction : Interval{}};
  }

  const Sweep& sweep_;
  const Findings& findings_;
  bool supported_;
};

std::string Range(const std::vector<std::int64_t>& values) {
  if (values.empty()) return "nothing";
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const std::string first = FormatCount(static_cast<double>(*low));
  return *low == *high ? first : first + " to " + FormatCount(static_cast<double>(*high));
}

std::string RatesOf(const Findings& findings) {
  if (!findings.loss.BestPredicts()) return fmt::format("lr {:.3g}", findings.loss.at_one_rate.lr);
  if (findings.loss.at_best_rates.lr > 0)
    return fmt::format("lr {:.3g}", findings.loss.at_best_rates.lr);
  return "each size's best rate";
}

std::string LossBasis(const Findings& findings) {
  if (!findings.loss.Predicting().fit.ok()) return "none";
  const std::int64_t one = findings.loss.BestPredicts() ? findings.loss.at_best_rates.d_sae
                                                        : findings.loss.at_one_rate.d_sae;
  return fmt::format("law of loss against {} at {}{}",
                     one == 0 ? "size and data" : "data",
                     RatesOf(findings),
                     one == 0 ? "" : fmt::format(", d_sae {}", one));
}

// The rate that the law of the target's loss is of; NaN where there is none.
double RateOfLaw(const Sweep& sweep, const Findings& findings) {
  if (!findings.loss.BestPredicts()) return findings.loss.at_one_rate.lr;
  if (findings.loss.at_best_rates.lr > 0) return findings.loss.at_best_rates.lr;
  return findings.rates.best.ok() ? findings.rates.best.law.Predict(TargetPlace(sweep)).value
                                  : std::nan("");
}

void AddLossTransfers(const Sweep& sweep,
                      const Findings& findings,
                      const RateChoice& rate,
                      std::vector<Transfer>* transfers) {
  transfers->push_back({"tokens",
                        Range(sweep.loss_law.tokens),
                        FormatCount(static_cast<double>(sweep.target.tokens)),
                        "law of loss against data",
                        findings.loss.Predicting().fit.ok()});
  const std::vector<std::int64_t> sizes =
      findings.loss.BestPredicts() ? LrSizes(sweep) : sweep.loss_law.d_sae;
  if (sizes != std::vector{sweep.target.d_sae}) {
    const bool covered = findings.loss.CoversSize(sweep.target.d_sae);
    transfers->push_back({"d_sae (loss)",
                          Range(sizes),
                          std::to_string(sweep.target.d_sae),
                          covered ? LossBasis(findings) : "none: copied, " + LossBasis(findings),
                          covered});
  }
  // Best rates are known to a step of the grid, so less is no difference.
  const double of_law = RateOfLaw(sweep, findings);
  const double lr = rate.lr;
  if (findings.loss.Predicting().fit.ok() &&
      std::abs(std::log(lr / of_law)) > std::log(kRefineTo)) {
    const bool held = rate.cost > 0 && CoversRate(findings.loss, rate, sweep.target.d_sae);
    transfers->push_back({"lr (loss)",
                          fmt::format("{:.3g}", of_law),
                          fmt::format("{:.3g}", lr),
                          held ? "the best rates' law, and the curvature of loss in ln lr"
                               : "none: the loss predicted is that of " + RatesOf(findings),
                          held});
  }
}

void AddRateTransfer(const Sweep& sweep,
                     const Findings& findings,
                     LrBasis basis,
                     std::vector<Transfer>* transfers) {
  const std::vector<std::int64_t> sizes = LrSizes(sweep);
  if (sizes == std::vector{sweep.target.d_sae}) return;
  const bool law =
      basis == LrBasis::kOptimum && findings.rates.best.law.Find("exponent_n") != nullptr;
  const std::string rule = law                       ? "law of the best rate against data and size"
                           : basis == LrBasis::kNone ? "none: the recipe's rate, copied"
                           : sizes.size() == 1       ? "none: the rate was swept at one size"
                                               : "none: no law of the rate has the size in it";
  transfers->push_back(
      {"d_sae (learning rate)", Range(sizes), std::to_string(sweep.target.d_sae), rule, law});
}

std::vector<Transfer> Transfers(const Sweep& sweep,
                                const Findings& findings,
                                const RateChoice& rate) {
  std::vector<Transfer> transfers;
  AddLossTransfers(sweep, findings, rate, &transfers);
  AddRateTransfer(sweep, findings, rate.basis, &transfers);
  if (sweep.target.batch_tokens != 0 && sweep.target.batch_tokens != sweep.training.batch_tokens) {
    transfers.push_back({"batch_tokens",
                         std::to_string(sweep.training.batch_tokens),
                         std::to_string(sweep.target.batch_tokens),
                         "none: not swept",
                         false});
  }
  return transfers;
}

RunSpec TargetRun(const Sweep& sweep, double lr) {
  Sweep at_target = sweep;
  if (sweep.target.batch_tokens > 0) at_target.training.batch_tokens = sweep.target.batch_tokens;
  return MakeRun(at_target, sweep.target.tokens, sweep.target.d_sae, lr, 0);
}

// Two lr laws of the same runs that disagree by more than their intervals, wherever the advice is
// held.
bool LawsDisagree(const Recommendation& answer) {
  const Interval& stepwise = answer.lr_optimum.interval;
  const Interval& surface = answer.lr_surface.interval;
  return stepwise.known() && surface.known() &&
         (surface.lo > stepwise.hi || surface.hi < stepwise.lo);
}

void WarnOfTransfer(const Recommendation& answer, std::vector<std::string>& warnings) {
  for (const Transfer& transfer : answer.transfer) {
    if (transfer.supported) continue;
    warnings.push_back(fmt::format("{}: swept {}, target {}, and no law covers the difference ({})",
                                   transfer.field,
                                   transfer.swept,
                                   transfer.target,
                                   transfer.rule));
  }
}

// What the law of the rate reaches less far than the law of loss, and an edge of another size.
void WarnOfRateLaw(const Findings& findings, double tokens, std::vector<std::string>& warnings) {
  double largest = 0;
  for (const LrOptimum& optimum : findings.rates.best.optima) {
    if (optimum.censoring == Censoring::kNone) largest = std::max(largest, optimum.tokens);
  }
  if (findings.rates.best.ok() && largest < findings.loss.fitted_tokens) {
    const Extrapolation reach = JudgeExtrapolation(largest, tokens);
    if (reach.doubtful) warnings.push_back("the law of the learning rate: " + reach.message);
  }
  if (findings.rates.edge.ok() && findings.rates.edge_d_sae != findings.loss.target_d_sae) {
    warnings.push_back(fmt::format(
        "the stability edge was measured at {}, not at d_sae {}: what it holds the rate below is "
        "copied from there",
        findings.rates.edge_d_sae == 0 ? std::string("all swept sizes together")
                                       : fmt::format("d_sae {}", findings.rates.edge_d_sae),
        findings.loss.target_d_sae));
  }
}

// Why no advice is given without being forced; empty: it is.
std::string WhyWithheld(const Findings& findings,
                        const Extrapolation& reach,
                        const Recommendation& answer) {
  const auto are_short = [](const char* what) {
    return fmt::format(
        "every run that carries {} is short (fewer than 5/(1 - beta2) steps), so Adam's second "
        "moment had not settled",
        what);
  };
  if (findings.loss.all_short) return are_short("the laws");
  if (findings.rates.all_short && answer.lr_basis != LrBasis::kNone) {
    return are_short("the advised learning rate");
  }
  if (reach.needs_force) return reach.message;
  const Extrapolation rate_reach = ReachOfRate(findings, answer);
  return rate_reach.needs_force ? "the advised learning rate: " + rate_reach.message : "";
}

// A demonstration advises nobody, so nothing of it is withheld.
void AddWarnings(const Findings& findings, bool force, Recommendation* answer) {
  std::vector<std::string>& warnings = answer->warnings;
  const Extrapolation reach = JudgeExtrapolation(findings.loss.fitted_tokens, answer->tokens);
  if (!findings.none_survived.empty()) {
    answer->refused = !answer->demonstration;  // there is nothing that could be forced
    warnings.push_back(findings.none_survived);
  } else if (const std::string why = WhyWithheld(findings, reach, *answer); !why.empty()) {
    answer->refused = !force && !answer->demonstration;
    const char* verdict = answer->refused ? "no advice without --force" : "doubtful";
    warnings.push_back(fmt::format("{}: {}", verdict, why));
  } else if (reach.doubtful) {
    warnings.push_back(reach.message);
  }
  WarnOfTransfer(*answer, warnings);
  WarnOfRateLaw(findings, answer->tokens, warnings);
  const LawFit& law = findings.loss.Predicting().fit;
  if (!law.ok()) warnings.push_back("there is no law of loss against data: " + law.refusal);
  if (!findings.rates.best.ok()) {
    warnings.push_back("there is no law of the learning rate: " + findings.rates.best.law.refusal);
  }
  WarnOfHeldRate(findings, *answer, warnings);
  if (findings.hold_out.empty()) warnings.push_back("no hold-out run has checked the laws");
  if (LawsDisagree(*answer)) {
    warnings.push_back(
        fmt::format("the joint surface puts the best learning rate at {:.3g}, outside the interval "
                    "of the law: neither is sure",
                    answer->lr_surface.value));
  }
  warnings.insert(warnings.end(), law.warnings.begin(), law.warnings.end());
  warnings.insert(warnings.end(),
                  findings.loss.criticism.warnings.begin(),
                  findings.loss.criticism.warnings.end());
  warnings.insert(
      warnings.end(), findings.rates.best.warnings.begin(), findings.rates.best.warnings.end());
  warnings.insert(warnings.end(), findings.warnings.begin(), findings.warnings.end());
}

void Predict(const Sweep& sweep, const Findings& findings, bool supported, Recommendation* answer) {
  const Forecast forecast(sweep, findings, supported);
  answer->loss_basis = LossBasis(findings);
  answer->loss = forecast.Loss(answer->tokens);
  // Its parts are those at the best rates, whatever a rate that is held below them costs.
  const Forecast parts(sweep, findings, supported && !(answer->lr_cost.value > 0));
  answer->mse = parts.At(findings.loss.mse, answer->tokens);
  answer->fvu = parts.At(findings.loss.fvu, answer->tokens);
  answer->l0 = parts.At(findings.loss.l0, answer->tokens);
  for (const double factor : {0.25, 0.5, 1.0, 2.0}) {
    const double tokens = factor * answer->tokens;
    answer->alternatives.push_back(
        {tokens,
         forecast.ComparableLoss(tokens),
         PriceTarget(sweep, tokens, answer->price.device).exact_hours()});
  }
}

void SetExponents(const Findings& findings, Recommendation* answer) {
  const LawFit& law = findings.loss.Predicting().fit;
  for (const char* name : {"exponent", "exponent_d"}) {
    if (const Parameter* parameter = law.ok() ? law.Find(name) : nullptr)
      answer->loss_exponent = *parameter;
  }
  if (findings.rates.best.ok()) answer->lr_exponent = *findings.rates.best.law.Find("exponent");
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

void SayWhatWouldChange(const Sweep& sweep, const Findings& findings, Recommendation* answer) {
  std::vector<std::string>& lines = answer->would_change;
  lines = answer->criticism.would_change;
  if (findings.rates.best.ok() && findings.rates.surface.ok()) {
    lines.push_back(
        fmt::format("the joint surface puts the best learning rate at {:.3g}, the "
                    "sizes one by one at {:.3g}",
                    answer->lr_surface.value,
                    findings.rates.best.law.Predict(TargetPlace(sweep)).value));
  }
  if (!std::isnan(answer->lr_regret)) {
    lines.push_back(
        fmt::format("a learning rate at the end of its interval costs {:.2g} % of the "
                    "loss",
                    100 * answer->lr_regret));
  }
  if (answer->lr_bound > 0) {
    lines.push_back(
        fmt::format("one run survives {:.3g} with 99 %; a collapse below that rate at any size "
                    "would lower it",
                    answer->lr_bound));
  }
  for (const HoldOutCheck& check : answer->hold_out) {
    if (check.missed()) lines.push_back("the hold-out missed: the law is not to be believed yet");
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
  answer.transfer = Transfers(sweep, findings, rate);
  const Support support = SupportOf(sweep, findings, answer.transfer);
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
  answer.criticism = findings.loss.criticism;
  answer.lr_criticism = findings.rates.best_criticism;
  answer.lr_max_criticism = findings.rates.edge_criticism;
  SayWhatWouldChange(sweep, findings, &answer);
  for (const StudyRun& run : findings.runs) answer.evidence.push_back(run.id);
  AddWarnings(findings, force, &answer);
  if (answer.refused) Withhold(&answer);
  return answer;
}

}  // namespace saelaw
