// Two laws of loss are found, at the one rate of the sweep and at the rates that are advised, and
// the one that holds at the target predicts there. Hold-outs at other rates are corrected by what
// the law of the rate says that these cost. Fits are dear, so a law is fitted anew only where a
// measured hold-out is a point of it, and parts and criticism are found of the laws that advise.
#include "study/findings/loss_laws.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <utility>

#include "study/design/places.h"
#include "study/findings/metric.h"
#include "study/findings/name_runs.h"
#include "study/findings/rate_choice.h"

namespace saelaw {
namespace {

using Runs = std::vector<const KnownRun*>;

// The completed runs at each size's best rate of the lr law.
Runs BestRuns(const RateRuns& runs, const LrLawFit& lr_law) {
  std::map<std::pair<double, double>, double> best;  // tokens, d_sae → rate
  for (const LrOptimum& optimum : lr_law.optima) {
    // A best rate on its grid's edge is no best rate; one beside a cliff is the best that survives.
    if (optimum.censoring == Censoring::kGridLow || optimum.censoring == Censoring::kGridHigh) {
      continue;
    }
    best[{optimum.tokens, optimum.params}] = optimum.best_lr;
  }
  Runs at_best;
  for (const KnownRun* run : runs.all) {
    const auto found = best.find(
        {static_cast<double>(run->spec.tokens), static_cast<double>(run->spec.sae.d_sae)});
    if (found == best.end() || run->spec.training.lr != found->second) continue;
    if (run->outcome == Outcome::kCompleted) at_best.push_back(run);
  }
  return at_best;
}

Runs CompletedAt(const RateRuns& runs, double lr) {
  Runs completed;
  for (const KnownRun* run : runs.all) {
    if (run->spec.training.lr == lr && run->outcome == Outcome::kCompleted) {
      completed.push_back(run);
    }
  }
  return completed;
}

// The run with the loss that it would have reached at the best rate.
KnownRun AtBestRate(const KnownRun& run, double excess) {
  KnownRun corrected = run;
  const double factor = 1 / (1 + excess);
  corrected.result.final.loss *= factor;
  corrected.result.final.mse *= factor;
  for (auto* means : {&corrected.result.held_out.loss, &corrected.result.held_out.mse}) {
    for (double& mean : *means) mean *= factor;
  }
  return corrected;
}

// The completed hold-outs as runs at the best rates, as far as the law of these tells.
std::deque<KnownRun> HoldOutsAtBestRates(const StudyPoints& points, const RateLaws& rates) {
  std::deque<KnownRun> runs;
  if (!rates.best.ok()) return runs;
  for (const KnownRun* run : points.hold_out) {
    constexpr double kFarthest = 2;
    const RateQuestion question = AskOfRates(rates, MakePoint(*run, kLossMetric, 0));
    const double lr = run->spec.training.lr;
    const double off = std::abs(std::log(lr / question.optimum));
    if (run->outcome != Outcome::kCompleted || off > std::log(kFarthest)) continue;
    runs.push_back(AtBestRate(*run, question.Excess(lr)));
  }
  return runs;
}

Runs HoldOutsAt(const StudyPoints& points, double lr) {
  Runs runs;
  for (const KnownRun* run : points.hold_out) {
    if (run->spec.training.lr == lr && run->outcome == Outcome::kCompleted) runs.push_back(run);
  }
  return runs;
}

// The law of the runs that trained as the advice for the target would. `more`: such runs besides.
CarriedLaw FitAtBestRates(const Sweep& sweep,
                          const StudyPoints& points,
                          const RateLaws& rates,
                          const std::deque<KnownRun>& more) {
  Runs advised;
  double lr = 0;
  if (rates.best.ok()) {
    advised = BestRuns(points.rates, rates.best);
    for (const KnownRun& run : more) advised.push_back(&run);
  } else if (const RateChoice choice = ChooseRate(sweep, rates, TargetPlace(sweep));
             choice.basis == LrBasis::kStabilityEdge) {
    lr = choice.lr;
    advised = CompletedAt(points.rates, lr);
  }
  if (!advised.empty()) return FitLossLaw(advised, sweep, lr);
  CarriedLaw none;
  none.law.lr = lr;
  none.law.fit.refusal = refusal::NoAdvisedRate{};
  return none;
}

// Both laws of loss, with the runs that they were given.
struct BothLaws {
  CarriedLaw one_rate, best_rates;
};

// What the law of the target says of the parts of its loss, and what stands against it.
void FitParts(const Sweep& sweep, const CarriedLaw& carried, StudyDepth depth, LossLaws* laws) {
  const LawFit& law = carried.law.fit;
  const Runs& carriers = carried.carriers;
  laws->mse = FitMetric(*law.info, carriers, kMseMetric).fit;
  laws->fvu = FitMetric(*law.info, carriers, kFvuMetric).fit;
  laws->l0 = FitMetric(*law.info, carriers, kL0Metric).fit;
  laws->all_short = AllShort(carriers);
  if (depth == StudyDepth::kLaws || !law.ok()) return;
  const Point target = TargetPlace(sweep);
  const std::vector<Point> loss = Points(carriers, kLossMetric);
  laws->criticism = Criticise(*law.info, loss, {}, &target);
  NameRuns(carriers, &laws->criticism);
  laws->comparison = CompareLaws(loss, {}, {&target, 1}, true, carried.rolled);
}

LossLaws MakeLaws(const Sweep& sweep, const BothLaws& both) {
  LossLaws laws;
  laws.target_d_sae = sweep.target.d_sae;
  laws.at_one_rate = both.one_rate.law;
  laws.at_best_rates = both.best_rates.law;
  return laws;
}

const CarriedLaw& Predicting(const BothLaws& both, const LossLaws& laws) {
  return laws.BestPredicts() ? both.best_rates : both.one_rate;
}

double LargestTokens(const Runs& carriers) {
  double largest = 0;
  for (const KnownRun* run : carriers) {
    largest = std::max(largest, static_cast<double>(run->spec.tokens));
  }
  return largest;
}

}  // namespace

bool LossLaws::CoversSize(std::int64_t d_sae) const {
  return at_one_rate.Covers(d_sae) || at_best_rates.Covers(d_sae);
}

bool LossLaws::BestPredicts(std::int64_t d_sae) const {
  if (!at_best_rates.fit.ok()) return false;
  return at_best_rates.HoldsAt(d_sae) || !CoversSize(d_sae);
}

FoundLossLaws FindLossLaws(const Sweep& sweep,
                           const StudyPoints& points,
                           const RateLaws& rates,
                           StudyDepth depth) {
  BothLaws both{FitLossLaw(points.at_one_rate, sweep, sweep.loss_law.lr),
                FitAtBestRates(sweep, points, rates, {})};
  FoundLossLaws found;
  found.before = MakeLaws(sweep, both);
  found.before.fitted_tokens = LargestTokens(Predicting(both, found.before).carriers);
  // Only a law that hold-outs are points of has changed.
  Runs at_one_rate = HoldOutsAt(points, sweep.loss_law.lr);
  if (!at_one_rate.empty()) {
    at_one_rate.insert(at_one_rate.begin(), points.at_one_rate.begin(), points.at_one_rate.end());
    both.one_rate = FitLossLaw(at_one_rate, sweep, sweep.loss_law.lr);
  }
  const std::deque<KnownRun> corrected = HoldOutsAtBestRates(points, rates);
  if (!corrected.empty()) both.best_rates = FitAtBestRates(sweep, points, rates, corrected);
  found.now = MakeLaws(sweep, both);
  found.now.fitted_tokens = LargestTokens(Predicting(both, found.now).carriers);
  FitParts(sweep, Predicting(both, found.now), depth, &found.now);
  return found;
}

}  // namespace saelaw
