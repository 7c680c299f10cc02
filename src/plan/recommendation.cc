#include "plan/recommendation.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "fit/criticism.h"
#include "plan/family.h"
#include "plan/rate.h"
#include "run/quantities.h"

namespace saelaw {
namespace {

// Predictions at the target, and whether their intervals may be shown.
class Forecast {
 public:
  Forecast(const Sweep& sweep, const Findings& findings, bool supported)
      : sweep_(sweep), findings_(findings), supported_(supported) {}

  Estimate At(const LawFit& law, double tokens) const {
    if (!law.ok()) return {};
    Point at;
    at.tokens = tokens;
    at.params = static_cast<double>(sweep_.target.d_sae);
    const Prediction predicted = law.Predict(at);
    return {predicted.value, supported_ ? predicted.prediction : Interval{}};
  }
  Estimate Loss(double tokens) const { return At(findings_.predicting_law(), tokens); }

 private:
  const Sweep& sweep_;
  const Findings& findings_;
  bool supported_;
};

double LargestFittedTokens(const Findings& findings) {
  double largest = 0;
  for (const StudyRun& run : findings.runs) {
    if (run.stage == Stage::kHoldOut || run.outcome != Outcome::kCompleted) continue;
    largest = std::max(largest, static_cast<double>(run.tokens));
  }
  return largest;
}

std::string Range(const std::vector<std::int64_t>& values) {
  if (values.empty()) return "nothing";
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const std::string first = FormatCount(static_cast<double>(*low));
  return *low == *high ? first : first + " to " + FormatCount(static_cast<double>(*high));
}

std::vector<Transfer> Transfers(const Sweep& sweep, const Findings& findings) {
  std::vector<Transfer> transfers;
  transfers.push_back({"tokens",
                       Range(sweep.loss_law.tokens),
                       FormatCount(static_cast<double>(sweep.target.tokens)),
                       "law of loss against data",
                       findings.predicting_law().ok()});
  const std::vector<std::int64_t>& sizes = sweep.loss_law.d_sae;
  const bool same_size = sizes.size() == 1 && sizes.front() == sweep.target.d_sae;
  if (!same_size) {
    const bool law = findings.predicting_law().Find("exponent_n") != nullptr;
    transfers.push_back({"d_sae (loss)",
                         Range(sizes),
                         std::to_string(sweep.target.d_sae),
                         law ? "law of loss against size and data" : "none: copied",
                         law});
  }
  if (sweep.sae.d_sae != sweep.target.d_sae) {
    transfers.push_back({"d_sae (learning rate)",
                         std::to_string(sweep.sae.d_sae),
                         std::to_string(sweep.target.d_sae),
                         "none: the rate was swept at one size",
                         false});
  }
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

// Two lr laws of the same runs that disagree by more than their intervals.
bool LawsDisagree(const Recommendation& answer) {
  const Interval& stepwise = answer.lr_interval;
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

// A demonstration advises nobody, so nothing of it is withheld.
void AddWarnings(const Findings& findings, bool force, Recommendation* answer) {
  std::vector<std::string>& warnings = answer->warnings;
  const Extrapolation reach = JudgeExtrapolation(LargestFittedTokens(findings), answer->tokens);
  if (reach.needs_force || findings.all_short) {
    answer->refused = !force && !answer->demonstration;
    warnings.push_back(fmt::format(
        "{}: {}",
        answer->refused ? "no advice without --force" : "doubtful",
        findings.all_short ? "every run that carries the laws is short (fewer than 5/(1 - beta2) "
                             "steps), so Adam's second moment had not settled"
                           : reach.message));
  } else if (reach.doubtful) {
    warnings.push_back(reach.message);
  }
  WarnOfTransfer(*answer, warnings);
  const LawFit& law = findings.predicting_law();
  if (!law.ok()) warnings.push_back("there is no law of loss against data: " + law.refusal);
  if (!findings.lr_law.ok()) {
    warnings.push_back("there is no law of the learning rate: " + findings.lr_law.law.refusal);
  }
  if (answer->lr_basis == LrBasis::kStabilityEdge && findings.best_loss_lr != answer->lr) {
    warnings.push_back(
        "the advised learning rate is held below the stability edge, and the predicted loss is "
        "that of the rates that were measured: expect a higher loss");
  }
  if (findings.hold_out.empty()) warnings.push_back("no hold-out run has checked the laws");
  if (LawsDisagree(*answer)) {
    warnings.push_back(
        fmt::format("the joint surface puts the best learning rate at {:.3g}, outside the interval "
                    "of the law: neither is sure",
                    answer->lr_surface.value));
  }
  warnings.insert(warnings.end(), law.warnings.begin(), law.warnings.end());
  warnings.insert(
      warnings.end(), findings.criticism.warnings.begin(), findings.criticism.warnings.end());
  warnings.insert(warnings.end(), findings.lr_law.warnings.begin(), findings.lr_law.warnings.end());
  warnings.insert(warnings.end(), findings.warnings.begin(), findings.warnings.end());
}

void Predict(const Sweep& sweep, const Findings& findings, Recommendation* answer) {
  const bool supported = std::all_of(answer->transfer.begin(),
                                     answer->transfer.end(),
                                     [](const Transfer& transfer) { return transfer.supported; });
  const Forecast forecast(sweep, findings, supported);
  answer->loss = forecast.Loss(answer->tokens);
  answer->mse = forecast.At(findings.mse_law, answer->tokens);
  answer->fvu = forecast.At(findings.fvu_law, answer->tokens);
  answer->l0 = forecast.At(findings.l0_law, answer->tokens);
  for (const double factor : {0.25, 0.5, 1.0, 2.0}) {
    const double tokens = factor * answer->tokens;
    answer->alternatives.push_back(
        {tokens,
         forecast.Loss(tokens),
         PriceTarget(sweep, tokens, answer->price.device).exact_hours()});
  }
}

Point TargetPoint(const Recommendation& answer) {
  Point at;
  at.tokens = answer.tokens;
  at.params = static_cast<double>(answer.d_sae);
  at.batch = static_cast<double>(answer.run.training.batch_tokens);
  return at;
}

void SetExponents(const Findings& findings, Recommendation* answer) {
  const LawFit& law = findings.predicting_law();
  for (const char* name : {"exponent", "exponent_d"}) {
    if (const Parameter* parameter = law.ok() ? law.Find(name) : nullptr)
      answer->loss_exponent = *parameter;
  }
  if (findings.lr_law.ok()) answer->lr_exponent = *findings.lr_law.law.Find("exponent");
  const Point at = TargetPoint(*answer);
  if (findings.lr_edge.ok()) {
    const Prediction edge = findings.lr_edge.law.Predict(at);
    answer->lr_max = {edge.value, edge.confidence};
  }
  if (findings.lr_surface.ok()) {
    const Prediction surface = findings.lr_surface.best_rate(at);
    answer->lr_surface = {surface.value, surface.confidence};
  }
}

void SayWhatWouldChange(const Findings& findings, Recommendation* answer) {
  std::vector<std::string>& lines = answer->would_change;
  lines = answer->criticism.would_change;
  if (findings.lr_law.ok() && findings.lr_surface.ok()) {
    lines.push_back(
        fmt::format("the joint surface puts the best learning rate at {:.3g}, the "
                    "sizes one by one at {:.3g}",
                    answer->lr_surface.value,
                    findings.lr_law.law.Predict(TargetPoint(*answer)).value));
  }
  if (!std::isnan(answer->lr_regret)) {
    lines.push_back(
        fmt::format("a learning rate at the end of its interval costs {:.2g} % of the "
                    "loss",
                    100 * answer->lr_regret));
  }
  if (answer->lr_bound > 0) {
    lines.push_back(
        fmt::format("the stability edge is above {:.3g} with 99 %; a collapse below "
                    "that rate at any size would lower it",
                    answer->lr_bound));
  }
  for (const HoldOutCheck& check : answer->hold_out) {
    if (!check.inside) lines.push_back("the hold-out missed: the law is not to be believed yet");
  }
}

}  // namespace

Recommendation Recommend(const Sweep& sweep, const Findings& findings, bool force) {
  Recommendation answer;
  answer.sweep = sweep.name;
  answer.demonstration = sweep.demonstration;
  answer.tokens = static_cast<double>(sweep.target.tokens);
  answer.d_sae = sweep.target.d_sae;
  const RateChoice rate = ChooseRate(sweep, findings, answer.tokens);
  answer.lr = rate.lr;
  answer.lr_interval = rate.interval;
  answer.lr_basis = rate.basis;
  answer.lr_bound = rate.bound;
  answer.lr_margin = rate.margin;
  answer.lr_regret = rate.regret;
  answer.threshold_lr = sweep.training.threshold_lr;
  answer.run = TargetRun(sweep, rate.lr);
  answer.price = PriceTarget(sweep, answer.tokens, TargetDevice(sweep.target));
  answer.hold_out = findings.hold_out;
  answer.transfer = Transfers(sweep, findings);
  const double fitted = LargestFittedTokens(findings);
  answer.extrapolation_factor = fitted > 0 ? answer.tokens / fitted : 0;
  SetExponents(findings, &answer);
  Predict(sweep, findings, &answer);
  answer.criticism = findings.criticism;
  SayWhatWouldChange(findings, &answer);
  for (const StudyRun& run : findings.runs) answer.evidence.push_back(run.id);
  AddWarnings(findings, force, &answer);
  return answer;
}

}  // namespace saelaw
