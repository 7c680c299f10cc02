// The stages are made in their order, each from those before it.
#include "study/findings/findings.h"

#include <cmath>
#include <utility>

#include "study/findings/held_out_warnings.h"
#include "study/findings/study_points.h"

namespace saelaw {
namespace {

// Both laws may be of one size for one reason, which is then said once.
void WarnOfSizes(const LossLaws& laws, StudyWarnings* warnings) {
  const std::optional<warning::OneSizeLaw>& one_rate = laws.at_one_rate.one_size;
  const std::optional<warning::OneSizeLaw>& best_rates = laws.at_best_rates.one_size;
  if (one_rate) warnings->push_back(*one_rate);
  if (!best_rates || (one_rate && best_rates->SameAs(*one_rate))) return;
  warning::OneSizeLaw at_best = *best_rates;
  at_best.best_rates = true;
  warnings->push_back(std::move(at_best));
}

void WarnOfCheck(const HoldOutCheck& check, StudyWarnings* warnings) {
  const auto tokens = static_cast<double>(check.tokens);
  if (check.missed()) {
    warnings->push_back(warning::HoldOutOutside{tokens, check.measured, check.interval});
  }
  constexpr double kVisible = 5e-4;  // in four digits
  if (check.stored && std::abs(check.today / check.predicted - 1) > kVisible) {
    warnings->push_back(warning::HoldOutForecast{tokens, check.predicted, check.today});
  }
}

// All that play a part in the study.
std::vector<const KnownRun*> AllPlayed(const StudyPoints& points) {
  std::vector<const KnownRun*> runs;
  for (const PlayedRun& played : points.played) runs.push_back(played.run);
  return runs;
}

}  // namespace

Findings Study(const Sweep& sweep, const Knowledge& knowledge, StudyDepth depth) {
  const StudyPoints points = SortRuns(sweep, knowledge);
  Findings findings;
  findings.rates = FindRateLaws(sweep, points, depth);
  FoundLossLaws loss = FindLossLaws(sweep, points, findings.rates, depth);
  findings.loss_before = std::move(loss.before);
  findings.loss = std::move(loss.now);
  findings.parts = FindLossParts(sweep, points, findings.rates, findings.loss);
  findings.runs = DescribeRuns(points, findings.loss);
  findings.hold_out =
      CheckHoldOut(sweep, knowledge.predictions, points, findings.rates, findings.loss_before);
  findings.none_survived = FindNoneSurvived(AllPlayed(points));
  WarnOfSizes(findings.loss, &findings.warnings);
  for (const HoldOutCheck& check : findings.hold_out) WarnOfCheck(check, &findings.warnings);
  WarnOfHeldOut(points.members, &findings.warnings);
  return findings;
}

std::vector<FoundLaw> ListLaws(const Findings& findings) {
  const LossLaws& loss = findings.loss;
  const RateLaws& rates = findings.rates;
  return {{LawRole::kLossAtOneRate, &loss.at_one_rate.fit, loss.at_one_rate.lr},
          {LawRole::kLossAtBestRates, &loss.at_best_rates.fit},
          {LawRole::kMse, &loss.mse},
          {LawRole::kFvu, &loss.fvu},
          {LawRole::kL0, &loss.l0},
          {LawRole::kBestRate, &rates.best.law, 0, &rates.best.optima},
          {LawRole::kRateSurface, &rates.surface.law},
          {LawRole::kStabilityEdge, &rates.edge.law, 0, nullptr, &rates.edge.brackets}};
}

}  // namespace saelaw
