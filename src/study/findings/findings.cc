#include "study/findings/findings.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "core/quantities.h"
#include "core/trunk.h"
#include "fit/fit.h"
#include "study/design/family.h"
#include "study/design/places.h"
#include "study/design/roles.h"
#include "study/findings/held_out_warnings.h"
#include "study/findings/loss_law.h"
#include "study/findings/rate_choice.h"
#include "study/findings/rate_loss.h"
#include "study/findings/survivors.h"

namespace saelaw {
namespace {

// Adam's second moment averages over about 1/(1 - beta2) steps: before five of these a run's
// numbers still depend on its start.
constexpr double kSettlingTimes = 5;

bool IsShort(const RunSpec& spec) {
  return static_cast<double>(spec.steps()) < kSettlingTimes / (1 - spec.training.adam_beta2);
}

// Of the lr law's runs.
struct LrRuns {
  std::vector<const KnownRun*> all;
  std::vector<Point> survived, failed;
};

// Worse than the mean where a higher rate of the same size completed: it learned too slowly, which
// is no sign of instability.
bool IsTooSlow(const KnownRun& run, const std::vector<const KnownRun*>& runs) {
  if (run.outcome != Outcome::kWorseThanMean) return false;
  return std::any_of(runs.begin(), runs.end(), [&](const KnownRun* other) {
    return other->outcome == Outcome::kCompleted && other->spec.tokens == run.spec.tokens &&
           other->spec.sae.d_sae == run.spec.sae.d_sae &&
           other->spec.training.lr > run.spec.training.lr;
  });
}

LrRuns SplitLrRuns(std::vector<const KnownRun*> runs) {
  LrRuns split;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    // Memory that did not suffice says nothing of the rate.
    if (runs[i]->outcome == Outcome::kOutOfMemory || IsTooSlow(*runs[i], runs)) continue;
    const bool completed = runs[i]->outcome == Outcome::kCompleted;
    (completed ? split.survived : split.failed)
        .push_back(MakePoint(*runs[i], kLossMetric, static_cast<std::int64_t>(i)));
  }
  split.all = std::move(runs);
  return split;
}

// 0: of all sizes.
std::vector<Point> OfSize(const std::vector<Point>& points, std::int64_t d_sae) {
  std::vector<Point> of_size;
  for (const Point& point : points) {
    if (d_sae == 0 || point.params == static_cast<double>(d_sae)) of_size.push_back(point);
  }
  return of_size;
}

// The edge has no law of size: that of the size nearest to the target's stands for it.
void FitEdge(const Sweep& sweep, const LrRuns& runs, Findings* findings) {
  const std::int64_t nearest = LrSizeNearTarget(sweep);
  findings->lr_edge = FitLrEdge(OfSize(runs.survived, nearest), OfSize(runs.failed, nearest), {});
  findings->lr_edge_d_sae = nearest;
  if (findings->lr_edge.ok() || LrSizes(sweep).size() == 1) return;
  findings->lr_edge = FitLrEdge(runs.survived, runs.failed, {});
  findings->lr_edge_d_sae = 0;
}

// The completed runs at each size's best rate of the lr law.
std::vector<const KnownRun*> BestRuns(const LrRuns& lr_runs, const LrLawFit& lr_law) {
  std::map<std::pair<double, double>, double> best;  // tokens, d_sae → rate
  for (const LrOptimum& optimum : lr_law.optima) {
    // A best rate on its grid's edge is no best rate; one beside a cliff is the best that survives.
    if (optimum.censoring == Censoring::kGridLow || optimum.censoring == Censoring::kGridHigh) {
      continue;
    }
    best[{optimum.tokens, optimum.params}] = optimum.best_lr;
  }
  std::vector<const KnownRun*> runs;
  for (const KnownRun* run : lr_runs.all) {
    const auto found = best.find(
        {static_cast<double>(run->spec.tokens), static_cast<double>(run->spec.sae.d_sae)});
    if (found == best.end() || run->spec.training.lr != found->second) continue;
    if (run->outcome == Outcome::kCompleted) runs.push_back(run);
  }
  return runs;
}

// The completed runs that trained as the advice for the target would.
std::vector<const KnownRun*> AdvisedRuns(const Sweep& sweep,
                                         const LrRuns& lr_runs,
                                         Findings* findings) {
  if (findings->lr_law.ok()) return BestRuns(lr_runs, findings->lr_law);
  const RateChoice rate = ChooseRate(sweep, *findings, TargetPlace(sweep));
  if (rate.basis != LrBasis::kStabilityEdge) return {};
  findings->best_loss_lr = rate.lr;
  std::vector<const KnownRun*> runs;
  for (const KnownRun* run : lr_runs.all) {
    if (run->spec.training.lr == rate.lr && run->outcome == Outcome::kCompleted)
      runs.push_back(run);
  }
  return runs;
}

// All that play a part in the study.
std::string WhyNoneSurvived(const Roles& roles) {
  return WhyNoneSurvived(roles.Select([&](const RunSpec& spec) {
    return roles.InLossLaw(spec) || roles.InLrLaw(spec) || roles.InHoldOut(spec) ||
           roles.IsExtra(spec);
  }));
}

// Each run's place among the points of a law, and why it is none where it is none.
std::map<RunId, std::string> PointsOf(const LossLaw& fit) {
  std::map<RunId, std::string> points;
  for (const KnownRun* run : fit.points) {
    points[run->result.id] = fit.law.ok() ? "" : "there is no law: " + fit.law.refusal;
  }
  if (!fit.law.ok()) return points;
  for (const DroppedPoint& dropped : fit.law.dropped) {
    points[fit.points[static_cast<std::size_t>(dropped.row)]->result.id] = dropped.reason;
  }
  return points;
}

class Describer {
 public:
  Describer(const Roles& roles, const LossLaw& loss, const LossLaw& best)
      : roles_(roles), loss_(PointsOf(loss)), best_(PointsOf(best)), one_size_(loss.d_sae) {}

  StudyRun Describe(const KnownRun& run, Stage stage) const {
    StudyRun described;
    described.id = run.result.id;
    described.stage = stage;
    described.tokens = run.spec.tokens;
    described.d_sae = run.spec.sae.d_sae;
    described.lr = run.spec.training.lr;
    described.seed = run.spec.seed;
    described.origin = TrunkKey(run.spec);
    described.outcome = run.outcome;
    described.short_run = IsShort(run.spec);
    described.final = run.result.final;
    described.train_loss = run.result.train_loss;
    described.held_out_documents = run.result.held_out.documents;
    described.held_out_tokens = run.result.held_out.tokens;
    described.curve_tokens = run.result.curve_tokens;
    described.curve_parts = run.result.curve_parts;
    described.splice = run.result.splice;
    described.dense_fraction = run.result.dense_fraction;
    described.dense_fraction_se = run.result.dense_fraction_se;
    described.firing_histogram = run.result.firing_histogram;
    described.reason_left_out = WhyLeftOut(run);
    return described;
  }

 private:
  std::string WhyLeftOut(const KnownRun& run) const {
    if (run.outcome != Outcome::kCompleted) {
      const std::string outcome(Name(run.outcome));
      return run.reason.empty() ? outcome : outcome + ": " + run.reason;
    }
    if (const auto found = loss_.find(run.result.id); found != loss_.end()) return found->second;
    std::string why = roles_.WhyNoPoint(run.spec);
    if (why.empty()) {
      why = fmt::format("d_sae {}: the law is that of {} alone", run.spec.sae.d_sae, one_size_);
    }
    const auto best = best_.find(run.result.id);
    const bool of_best = best != best_.end() && best->second.empty();
    return of_best ? why + "; a point of the law at the best rates" : why;
  }

  const Roles& roles_;
  std::map<RunId, std::string> loss_, best_;
  std::int64_t one_size_;
};

void DescribeRuns(const Roles& roles,
                  const Family& family,
                  const Describer& describer,
                  Findings* findings) {
  for (const KnownRun* run : family.members()) {
    if (roles.InLossLaw(run->spec)) {
      findings->runs.push_back(describer.Describe(*run, Stage::kLossLaw));
    } else if (roles.InLrLaw(run->spec)) {
      findings->runs.push_back(describer.Describe(*run, Stage::kLrLaw));
    } else if (roles.InHoldOut(run->spec)) {
      findings->runs.push_back(describer.Describe(*run, Stage::kHoldOut));
    } else if (roles.IsExtra(run->spec)) {
      findings->runs.push_back(describer.Describe(*run, Stage::kExtra));
    }
  }
}

const PastPrediction* Find(const std::vector<PastPrediction>& predictions, const RunId& id) {
  for (const PastPrediction& prediction : predictions) {
    if (prediction.run == id) return &prediction;
  }
  return nullptr;
}

// What was written down before the run began is what was predicted. Runs without such a record
// count where they trained at the rate that today's laws advise.
void CheckHoldOut(const Sweep& sweep,
                  const Knowledge& knowledge,
                  const Roles& roles,
                  Findings* findings) {
  const bool predicts = findings->CoversSize(sweep.sae.d_sae);
  const RateChoice rate = predicts ? HoldOutRate(sweep, *findings) : RateChoice{};
  for (const KnownRun* run :
       roles.Select([&](const RunSpec& spec) { return roles.InHoldOut(spec); })) {
    const PastPrediction* past = Find(knowledge.predictions, run->result.id);
    if (past == nullptr && run->spec.training.lr != rate.lr) continue;
    HoldOutCheck check;
    check.run = run->result.id;
    check.tokens = run->spec.tokens;
    check.lr = run->spec.training.lr;
    check.measured = run->result.final.loss;
    check.stored = past != nullptr;
    if (predicts && check.lr == rate.lr) {
      const Prediction today = PredictLoss(*findings,
                                           rate,
                                           MakePoint(*run, kLossMetric, 0),
                                           run->spec.sae.d_sae,
                                           MeasuredOn::kSameDocuments);
      check.today = check.predicted = today.value;
      check.interval = today.prediction;
    }
    if (past != nullptr) {
      check.predicted = past->predicted;
      check.interval = past->interval;
    }
    check.inside = run->outcome == Outcome::kCompleted && check.interval.known() &&
                   check.measured >= check.interval.lo && check.measured <= check.interval.hi;
    findings->hold_out.push_back(check);
  }
}

void WarnOfHoldOut(const HoldOutCheck& check, std::vector<std::string>* warnings) {
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

void AddWarnings(const std::vector<const KnownRun*>& carriers, Findings* findings) {
  findings->all_short =
      !carriers.empty() && std::all_of(carriers.begin(), carriers.end(), [](const KnownRun* run) {
        return IsShort(run->spec);
      });
  for (const HoldOutCheck& check : findings->hold_out) WarnOfHoldOut(check, &findings->warnings);
}

// What the law of the target says of the parts of its loss, and what stands against it.
void FitParts(const Sweep& sweep,
              const std::vector<const KnownRun*>& carriers,
              bool deep,
              Findings* findings) {
  const LawFit& law = findings->predicting_law();
  findings->mse_law = FitMetric(law.law, carriers, kMseMetric);
  findings->fvu_law = FitMetric(law.law, carriers, kFvuMetric);
  findings->l0_law = FitMetric(law.law, carriers, kL0Metric);
  for (const KnownRun* run : carriers) {
    findings->fitted_tokens =
        std::max(findings->fitted_tokens, static_cast<double>(run->spec.tokens));
  }
  if (!deep || !law.ok()) return;
  const Point target = TargetPlace(sweep);
  findings->criticism = Criticise(law.law, Points(carriers, kLossMetric), {}, &target);
}

void FitRates(const Sweep& sweep, const LrRuns& runs, bool deep, Findings* findings) {
  findings->lr_law = FitLrLaw(runs.survived, runs.failed, {});
  AddHeldOutError(runs.survived, runs.failed, {}, findings->lr_law);
  FitEdge(sweep, runs, findings);
  findings->lr_surface.law.refusal = "not asked for";
  if (!deep) return;
  findings->lr_surface = FitLrSurface(runs.survived, runs.failed, {});
  LawQuestion question{"lr", runs.survived, runs.failed, {}, {TargetPlace(sweep)}, false};
  findings->lr_criticism = CriticiseLrLaw(question, findings->lr_law);
  const std::int64_t size = findings->lr_edge_d_sae;
  const std::vector<Point> survived = OfSize(runs.survived, size);
  const std::vector<Point> failed = OfSize(runs.failed, size);
  question.points = survived;
  question.failed = failed;
  findings->lr_max_criticism = CriticiseLrEdge(question, findings->lr_edge);
}

}  // namespace

bool Findings::CoversSize(std::int64_t d_sae) const {
  const auto covers = [&](const LawFit& law, std::int64_t one) {
    return law.ok() && (one == 0 || one == d_sae);
  };
  return covers(loss_law, loss_law_d_sae) || covers(best_loss_law, best_loss_d_sae);
}

bool Findings::BestPredicts(std::int64_t d_sae) const {
  if (!best_loss_law.ok()) return false;
  const bool best_covers = best_loss_d_sae == 0 || best_loss_d_sae == d_sae;
  return best_covers || !CoversSize(d_sae);
}

Findings Study(const Sweep& sweep, const Knowledge& knowledge, StudyDepth depth) {
  const bool deep = depth == StudyDepth::kLawsAndCriticism;
  const Family family(sweep, knowledge);
  const Roles roles(sweep, family);
  Findings findings;
  findings.target_d_sae = sweep.target.d_sae;
  const std::int64_t base = sweep.sae.d_sae;

  const LossLaw loss = FitLossLaw(roles.Select([&](const RunSpec& spec) {
    const bool part = roles.InLossLaw(spec) || roles.InLrLaw(spec) || roles.IsExtra(spec);
    return part && roles.WhyNoPoint(spec).empty();
  }),
                                  base);
  findings.loss_law = loss.law;
  findings.loss_law_d_sae = loss.d_sae;
  findings.loss_law_lr = sweep.loss_law.lr;
  if (!loss.warning.empty()) findings.warnings.push_back(loss.warning);

  const LrRuns lr_runs =
      SplitLrRuns(roles.Select([&](const RunSpec& spec) { return roles.InLrLaw(spec); }));
  FitRates(sweep, lr_runs, deep, &findings);
  // Which rate is advised may rest on what the runs did.
  findings.none_survived = WhyNoneSurvived(roles);
  DescribeRuns(roles, family, Describer(roles, loss, {}), &findings);
  const auto advised = AdvisedRuns(sweep, lr_runs, &findings);
  LossLaw best;
  best.law.refusal = "no advised rate was measured at three sizes";
  if (!advised.empty()) best = FitLossLaw(advised, base);
  findings.best_loss_law = best.law;
  findings.best_loss_d_sae = best.d_sae;
  if (best.warning != loss.warning && !best.warning.empty()) {
    findings.warnings.push_back("at the best rates, " + best.warning);
  }
  findings.lr_all_short = !lr_runs.all.empty() &&
                          std::all_of(lr_runs.all.begin(), lr_runs.all.end(), [](const auto* run) {
                            return IsShort(run->spec);
                          });
  findings.runs.clear();
  DescribeRuns(roles, family, Describer(roles, loss, best), &findings);

  const auto& carriers = findings.BestPredicts() ? best.points : loss.points;
  FitParts(sweep, carriers, deep, &findings);
  CheckHoldOut(sweep, knowledge, roles, &findings);
  AddWarnings(carriers, &findings);
  WarnOfHeldOut(family.members(), &findings.warnings);
  return findings;
}

}  // namespace saelaw
