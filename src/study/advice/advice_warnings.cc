// The order is that of seriousness: what withholds the advice, what no law carries over, what is
// missing, and then what each law says of itself.
#include "study/advice/advice_warnings.h"

#include <algorithm>
#include <cmath>

#include "study/advice/advice_limits.h"

namespace saelaw {
namespace {

void AddAll(const FitWarnings& of_fit, AdviceWarnings& warnings) {
  for (const FitWarning& one : of_fit) warnings.push_back(StudyWarning(one));
}

// Two lr laws of the same runs that disagree by more than their intervals, wherever the advice is
// held.
bool LawsDisagree(const Recommendation& answer) {
  const Interval& stepwise = answer.lr_optimum.interval;
  const Interval& surface = answer.lr_surface.interval;
  return stepwise.known() && surface.known() &&
         (surface.lo > stepwise.hi || surface.hi < stepwise.lo);
}

void WarnOfTransfer(const Recommendation& answer, AdviceWarnings& warnings) {
  for (const Transfer& transfer : answer.transfer) {
    if (!transfer.supported) warnings.push_back(warning::NotCarriedOver{transfer});
  }
}

// What the law of the rate reaches less far than the law of loss, and an edge of another size.
void WarnOfRateLaw(const Findings& findings, double tokens, AdviceWarnings& warnings) {
  double largest = 0;
  for (const LrOptimum& optimum : findings.rates.best.optima) {
    if (optimum.censoring == Censoring::kNone) largest = std::max(largest, optimum.tokens);
  }
  if (findings.rates.best.ok() && largest < findings.loss.fitted_tokens) {
    const Extrapolation reach = JudgeExtrapolation(largest, tokens);
    if (reach.doubtful) warnings.push_back(warning::RateBeyond{reach.OfSize()});
  }
  if (findings.rates.edge.ok() && findings.rates.edge_d_sae != findings.loss.target_d_sae) {
    warnings.push_back(
        warning::EdgeElsewhere{findings.rates.edge_d_sae, findings.loss.target_d_sae});
  }
}

void WarnOfHeldRate(const Findings& findings,
                    const Recommendation& answer,
                    AdviceWarnings& warnings) {
  if (answer.lr_basis != LrBasis::kStabilityEdge || findings.loss.at_best_rates.lr == answer.lr)
    return;
  if (std::isnan(answer.lr_cost.value)) {
    warnings.push_back(warning::HeldFarBelow{});
    return;
  }
  warnings.push_back(warning::HeldBelow{answer.lr_optimum.value, answer.lr_cost.value});
}

}  // namespace

void AddWarnings(const Findings& findings, bool force, Recommendation* answer) {
  AdviceWarnings& warnings = answer->warnings;
  const Extrapolation reach = JudgeExtrapolation(findings.loss.fitted_tokens, answer->tokens);
  if (findings.none_survived) {
    answer->refused = !answer->demonstration;  // there is nothing that could be forced
    warnings.push_back(warning::NothingSurvived{*findings.none_survived});
  } else if (const auto why = FindWhyWithheld(findings, reach, *answer)) {
    answer->refused = !force && !answer->demonstration;
    warnings.push_back(warning::Withheld{answer->refused, *why});
  } else if (reach.doubtful) {
    AddAll(FitWarnings{*reach.warning}, warnings);
  }
  WarnOfTransfer(*answer, warnings);
  WarnOfRateLaw(findings, answer->tokens, warnings);
  const LawFit& law = findings.loss.Predicting().fit;
  if (!law.ok()) warnings.push_back(warning::NoLaw{false, law.refusal});
  if (!findings.rates.best.ok()) {
    warnings.push_back(warning::NoLaw{true, findings.rates.best.law.refusal});
  }
  WarnOfHeldRate(findings, *answer, warnings);
  if (findings.hold_out.empty()) warnings.push_back(warning::NoHoldOut{});
  if (LawsDisagree(*answer)) warnings.push_back(warning::LawsDisagree{answer->lr_surface.value});
  AddAll(law.warnings, warnings);
  AddAll(findings.loss.criticism.warnings, warnings);
  AddAll(findings.rates.best.warnings, warnings);
  warnings.insert(warnings.end(), findings.warnings.begin(), findings.warnings.end());
}

}  // namespace saelaw
