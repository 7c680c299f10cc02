// The stages are made in their order, each from those before it. The laws of loss are found twice
// where hold-outs were measured: without them for the check, and with them for the advice.
#include "study/findings/findings.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/quantities.h"
#include "study/findings/held_out_warnings.h"
#include "study/findings/study_points.h"
#include "study/findings/survivors.h"

namespace saelaw {
namespace {

void WarnOfSizes(const LossLaws& laws, std::vector<std::string>* warnings) {
  const std::string& one_rate = laws.at_one_rate.warning;
  const std::string& best_rates = laws.at_best_rates.warning;
  if (!one_rate.empty()) warnings->push_back(one_rate);
  if (best_rates != one_rate && !best_rates.empty()) {
    warnings->push_back("at the best rates, " + best_rates);
  }
}

void WarnOfCheck(const HoldOutCheck& check, std::vector<std::string>* warnings) {
  if (check.missed()) {
    warnings->push_back(
        fmt::format("the hold-out run at {} tokens measured {:.4g}, outside its predicted interval "
                    "{:.4g} to {:.4g}",
                    FormatCount(static_cast<double>(check.tokens)),
                    check.measured,
                    check.interval.lo,
                    check.interval.hi));
  }
  constexpr double kVisible = 5e-4;  // in four digits
  if (check.stored && std::abs(check.today / check.predicted - 1) > kVisible) {
    warnings->push_back(
        fmt::format("the hold-out run at {} tokens was predicted to reach {:.4g} before it ran; "
                    "today's laws say {:.4g}",
                    FormatCount(static_cast<double>(check.tokens)),
                    check.predicted,
                    check.today));
  }
}

// All that play a part in the study.
std::vector<const KnownRun*> AllPlayed(const StudyPoints& points) {
  std::vector<const KnownRun*> runs;
  for (const PlayedRun& played : points.played) runs.push_back(played.run);
  return runs;
}

// The criticism is asked once, of the laws that advise.
void FindLoss(const Sweep& sweep, const StudyPoints& points, StudyDepth depth, Findings* findings) {
  const RateLaws& rates = findings->rates;
  const bool measured = !points.hold_out.empty();
  findings->loss_before =
      FindLossLaws(sweep, points, rates, HoldOuts::kApart, measured ? StudyDepth::kLaws : depth);
  findings->loss = measured ? FindLossLaws(sweep, points, rates, HoldOuts::kAsPoints, depth)
                            : findings->loss_before;
  findings->parts = FindLossParts(sweep, points, rates, findings->loss);
}

}  // namespace

Findings Study(const Sweep& sweep, const Knowledge& knowledge, StudyDepth depth) {
  const StudyPoints points = SortRuns(sweep, knowledge);
  Findings findings;
  findings.rates = FindRateLaws(sweep, points, depth);
  FindLoss(sweep, points, depth, &findings);
  findings.runs = DescribeRuns(points, findings.loss);
  findings.hold_out =
      CheckHoldOut(sweep, knowledge.predictions, points, findings.rates, findings.loss_before);
  findings.none_survived = WhyNoneSurvived(AllPlayed(points));
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
