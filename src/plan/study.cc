#include "plan/study.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "fit/clusters.h"
#include "plan/family.h"
#include "plan/rate.h"
#include "run/quantities.h"
#include "run/trunk.h"

namespace saelaw {
namespace {

// Adam's second moment averages over about 1/(1 - beta2) steps: before five of these a run's
// numbers still depend on its start.
constexpr double kSettlingTimes = 5;

bool IsShort(const RunSpec& spec) {
  return static_cast<double>(spec.steps()) < kSettlingTimes / (1 - spec.training.adam_beta2);
}

bool Contains(const std::vector<std::int64_t>& values, std::int64_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::vector<std::int64_t> AllWholeBatches(const Sweep& sweep,
                                          const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> whole;
  for (std::int64_t tokens : sizes) whole.push_back(WholeBatches(sweep, tokens));
  return whole;
}

// The runs that each part of the study asks for, among those that are known.
class Roles {
 public:
  Roles(const Sweep& sweep, const Family& family)
      : sweep_(sweep),
        family_(family),
        loss_tokens_(AllWholeBatches(sweep, sweep.loss_law.tokens)),
        lr_tokens_(AllWholeBatches(sweep, sweep.lr_law.tokens)),
        hold_out_tokens_(sweep.hold_out.tokens > 0 ? WholeBatches(sweep, sweep.hold_out.tokens)
                                                   : 0) {}

  bool InLossLaw(const RunSpec& spec) const {
    return spec.training.lr == sweep_.loss_law.lr && Contains(loss_tokens_, spec.tokens) &&
           Contains(sweep_.loss_law.d_sae, spec.sae.d_sae) &&
           Below(spec.seed, sweep_.loss_law.seeds);
  }
  bool InLrLaw(const RunSpec& spec) const {
    return Contains(lr_tokens_, spec.tokens) && spec.sae.d_sae == sweep_.sae.d_sae &&
           Below(spec.seed, sweep_.lr_law.seeds);
  }
  bool InHoldOut(const RunSpec& spec) const {
    return hold_out_tokens_ > 0 && spec.tokens == hold_out_tokens_ &&
           spec.sae.d_sae == sweep_.sae.d_sae && Below(spec.seed, sweep_.hold_out.seeds);
  }
  bool IsExtra(const RunSpec& spec) const {
    return std::any_of(
        sweep_.extra_runs.begin(), sweep_.extra_runs.end(), [&](const ExtraRun& extra) {
          return WholeBatches(sweep_, extra.tokens) == spec.tokens &&
                 extra.d_sae == spec.sae.d_sae && extra.lr == spec.training.lr && spec.seed == 0;
        });
  }
  // The members with one role or another, in the family's order.
  std::vector<const KnownRun*> Select(const std::function<bool(const RunSpec&)>& wanted) const {
    std::vector<const KnownRun*> runs;
    for (const KnownRun* run : family_.members()) {
      if (wanted(run->spec)) runs.push_back(run);
    }
    return runs;
  }

 private:
  static bool Below(std::uint64_t seed, int seeds) {
    return seed < static_cast<std::uint64_t>(seeds);
  }

  const Sweep& sweep_;
  const Family& family_;
  std::vector<std::int64_t> loss_tokens_, lr_tokens_;
  std::int64_t hold_out_tokens_;
};

using Metric = double (*)(const Evaluation&);

Point MakePoint(const KnownRun& run, Metric metric, std::int64_t row) {
  Point point;
  point.tokens = static_cast<double>(run.spec.tokens);
  point.params = static_cast<double>(run.spec.sae.d_sae);
  point.lr = run.spec.training.lr;
  point.batch = static_cast<double>(run.spec.training.batch_tokens);
  point.loss = metric(run.result.final);
  point.seed = static_cast<std::int64_t>(run.spec.seed);
  point.stream = static_cast<std::int64_t>(run.spec.stream_seed);
  point.origin = OriginNumber(TrunkKey(run.spec));
  point.row = row;
  return point;
}

std::vector<Point> Points(const std::vector<const KnownRun*>& runs,
                          Outcome outcome,
                          Metric metric) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if ((runs[i]->outcome == Outcome::kCompleted) == (outcome == Outcome::kCompleted)) {
      points.push_back(MakePoint(*runs[i], metric, static_cast<std::int64_t>(i)));
    }
  }
  return points;
}

double Loss(const Evaluation& evaluation) { return evaluation.loss; }

// Loss against data, and against size too where several were swept.
LawFit FitLoss(const std::vector<Point>& points) {
  std::set<double> sizes;
  for (const Point& point : points) sizes.insert(point.params);
  return FitLaw(sizes.size() > 1 ? "size-data" : "data", points, {});
}

// The completed runs at each size's best rate of the lr law.
std::vector<const KnownRun*> BestRuns(const std::vector<const KnownRun*>& lr_runs,
                                      const LrLawFit& lr_law) {
  std::map<double, double> best;  // tokens → rate
  for (const LrOptimum& optimum : lr_law.optima) best[optimum.tokens] = optimum.best_lr;
  std::vector<const KnownRun*> runs;
  for (const KnownRun* run : lr_runs) {
    const auto found = best.find(static_cast<double>(run->spec.tokens));
    if (found == best.end() || run->spec.training.lr != found->second) continue;
    if (run->outcome == Outcome::kCompleted) runs.push_back(run);
  }
  return runs;
}

// The completed runs that trained as the advice for the target would.
std::vector<const KnownRun*> AdvisedRuns(const Sweep& sweep,
                                         const std::vector<const KnownRun*>& lr_runs,
                                         Findings* findings) {
  if (findings->lr_law.ok()) return BestRuns(lr_runs, findings->lr_law);
  const RateChoice rate = ChooseRate(sweep, *findings, static_cast<double>(sweep.target.tokens));
  if (rate.basis != LrBasis::kStabilityEdge) return {};
  findings->best_loss_lr = rate.lr;
  std::vector<const KnownRun*> runs;
  for (const KnownRun* run : lr_runs) {
    if (run->spec.training.lr == rate.lr && run->outcome == Outcome::kCompleted)
      runs.push_back(run);
  }
  return runs;
}

Point TargetPoint(const Sweep& sweep) {
  Point target;
  target.tokens = static_cast<double>(sweep.target.tokens);
  target.params = static_cast<double>(sweep.target.d_sae);
  return target;
}

StudyRun Describe(const KnownRun& run, Stage stage) {
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
  described.splice = run.result.splice;
  if (run.outcome != Outcome::kCompleted)
    described.reason_left_out = std::string(Name(run.outcome));
  return described;
}

void DescribeRuns(const Roles& roles, const Family& family, Findings* findings) {
  for (const KnownRun* run : family.members()) {
    if (roles.InLossLaw(run->spec)) {
      findings->runs.push_back(Describe(*run, Stage::kLossLaw));
    } else if (roles.InLrLaw(run->spec)) {
      findings->runs.push_back(Describe(*run, Stage::kLrLaw));
    } else if (roles.InHoldOut(run->spec)) {
      findings->runs.push_back(Describe(*run, Stage::kHoldOut));
    } else if (roles.IsExtra(run->spec)) {
      findings->runs.push_back(Describe(*run, Stage::kExtra));
    }
  }
}

void CheckHoldOut(const Sweep& sweep, const Roles& roles, Findings* findings) {
  if (sweep.hold_out.tokens == 0 || !findings->predicting_law().ok()) return;
  const RateChoice rate = HoldOutRate(sweep, *findings);
  for (const KnownRun* run :
       roles.Select([&](const RunSpec& spec) { return roles.InHoldOut(spec); })) {
    if (run->spec.training.lr != rate.lr) continue;
    HoldOutCheck check;
    check.run = run->result.id;
    check.tokens = run->spec.tokens;
    check.lr = run->spec.training.lr;
    check.measured = run->result.final.loss;
    const Prediction predicted = findings->predicting_law().Predict(MakePoint(*run, Loss, 0));
    check.predicted = predicted.value;
    check.interval = predicted.prediction;
    check.inside = run->outcome == Outcome::kCompleted && check.interval.known() &&
                   check.measured >= check.interval.lo && check.measured <= check.interval.hi;
    findings->hold_out.push_back(check);
  }
}

void AddWarnings(const std::vector<const KnownRun*>& carriers, Findings* findings) {
  findings->all_short =
      !carriers.empty() && std::all_of(carriers.begin(), carriers.end(), [](const KnownRun* run) {
        return IsShort(run->spec);
      });
  for (const HoldOutCheck& check : findings->hold_out) {
    if (check.inside) continue;
    findings->warnings.push_back(
        fmt::format("the hold-out run at {} tokens measured {:.4g}, outside its predicted interval "
                    "{:.4g} to {:.4g}",
                    FormatCount(static_cast<double>(check.tokens)),
                    check.measured,
                    check.interval.lo,
                    check.interval.hi));
  }
}

}  // namespace

std::string_view Name(Stage stage) {
  constexpr std::array<std::string_view, 4> kNames = {"loss-law", "lr-law", "hold-out", "extra"};
  return kNames.at(static_cast<std::size_t>(stage));
}

Findings Study(const Sweep& sweep, const Knowledge& knowledge, StudyDepth depth) {
  const Family family(sweep, knowledge);
  const Roles roles(sweep, family);
  Findings findings;
  DescribeRuns(roles, family, &findings);

  const auto loss_runs = roles.Select([&](const RunSpec& spec) { return roles.InLossLaw(spec); });
  const auto lr_runs = roles.Select([&](const RunSpec& spec) { return roles.InLrLaw(spec); });
  findings.loss_law_lr = sweep.loss_law.lr;
  findings.loss_law = FitLoss(Points(loss_runs, Outcome::kCompleted, Loss));
  const std::vector<Point> survived = Points(lr_runs, Outcome::kCompleted, Loss);
  const std::vector<Point> failed = Points(lr_runs, Outcome::kCollapsed, Loss);
  findings.lr_law = FitLrLaw(survived, failed, {});
  findings.lr_edge = FitLrEdge(survived, failed, {});
  const bool deep = depth == StudyDepth::kLawsAndCriticism;
  findings.lr_surface.law.refusal = "not asked for";
  if (deep) findings.lr_surface = FitLrSurface(survived, failed, {});

  const auto best_runs = AdvisedRuns(sweep, lr_runs, &findings);
  findings.best_loss_law.refusal = "no advised rate was measured at three sizes";
  if (!best_runs.empty()) {
    findings.best_loss_law = FitLoss(Points(best_runs, Outcome::kCompleted, Loss));
  }

  const auto& carriers = findings.best_loss_law.ok() ? best_runs : loss_runs;
  const auto fit = [&](Metric metric) {
    return FitLoss(Points(carriers, Outcome::kCompleted, metric));
  };
  findings.mse_law = fit([](const Evaluation& e) { return e.mse; });
  findings.fvu_law = fit([](const Evaluation& e) { return e.fvu; });
  findings.l0_law = fit([](const Evaluation& e) { return e.l0; });
  if (deep && findings.predicting_law().ok()) {
    const Point target = TargetPoint(sweep);
    findings.criticism = Criticise(
        findings.predicting_law().law, Points(carriers, Outcome::kCompleted, Loss), {}, &target);
  }
  CheckHoldOut(sweep, roles, &findings);
  AddWarnings(carriers, &findings);
  return findings;
}

}  // namespace saelaw
