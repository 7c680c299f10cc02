// The order is that of seriousness: what withholds the advice, what no law carries over, what is
// missing, and then what each law says of itself.
#include "study/advice/advice_warnings.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "study/advice/advice_limits.h"
#include "study/advice/words.h"

namespace saelaw {
namespace {

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
                                   FieldText(transfer.of),
                                   SweptText(transfer),
                                   TargetText(transfer),
                                   RuleText(transfer)));
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

void WarnOfHeldRate(const Findings& findings,
                    const Recommendation& answer,
                    std::vector<std::string>& warnings) {
  if (answer.lr_basis != LrBasis::kStabilityEdge || findings.loss.at_best_rates.lr == answer.lr)
    return;
  if (std::isnan(answer.lr_cost.value)) {
    warnings.push_back(
        "the advised learning rate is held below the stability edge, farther below the best rates "
        "than any run: no law says what loss to expect there, so none is predicted");
    return;
  }
  warnings.push_back(
      fmt::format("the stability edge holds the advised learning rate below the best one, {:.3g}: "
                  "that costs {:.2g} % of the loss, which the predicted loss has in it",
                  answer.lr_optimum.value,
                  100 * answer.lr_cost.value));
}

}  // namespace

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

}  // namespace saelaw
