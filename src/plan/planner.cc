#include "plan/planner.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "plan/family.h"
#include "plan/lr_grid.h"
#include "plan/rate.h"
#include "plan/shared_stream.h"
#include "plan/shared_trunk.h"
#include "run/quantities.h"

namespace saelaw {
namespace {

// Collects the runs of a round, each once and none that is already known.
class Round {
 public:
  Round(const Sweep& sweep, const Family& family, const MeasuredSpeed& speed)
      : sweep_(sweep), family_(family), speed_(speed) {}

  void Add(std::int64_t tokens,
           std::int64_t d_sae,
           double lr,
           int seeds,
           Stage stage,
           const std::string& reason) {
    for (int seed = 0; seed < seeds; ++seed) {
      RunSpec spec = MakeRun(sweep_, tokens, d_sae, lr, static_cast<std::uint64_t>(seed));
      const RunId id = IdOf(spec);
      if (family_.Find(id) != nullptr || !seen_.insert(id).second) continue;
      const Cost cost = PriceRun(spec, sweep_.model_shape, sweep_.execution, speed_);
      runs_.push_back({id, std::move(spec), stage, reason, cost});
    }
  }

  std::vector<PlannedRun> Take() { return std::exchange(runs_, {}); }

 private:
  const Sweep& sweep_;
  const Family& family_;
  MeasuredSpeed speed_;
  std::set<RunId> seen_;
  std::vector<PlannedRun> runs_;
};

// FLOP/s over all that this sweep has measured. Seconds and FLOP are each run's share of its gang.
MeasuredSpeed SpeedOf(const Sweep& sweep, const Family& family) {
  std::vector<Cost> costs;
  std::vector<const RunSpec*> specs;
  std::vector<std::size_t> together;  // those that shared their trunk
  double seconds = 0;
  for (const KnownRun* run : family.members()) {
    if (run->result.wall_seconds <= 0) continue;
    if (run->result.provenance.trunk_size > 1) together.push_back(costs.size());
    costs.push_back(PriceRun(run->spec, sweep.model_shape, sweep.execution, {}));
    specs.push_back(&run->spec);
    seconds += run->result.wall_seconds;
  }
  std::vector<PricedRun> priced;
  for (std::size_t i = 0; i < costs.size(); ++i) priced.push_back({specs[i], &costs[i]});
  ShareStreams(priced);
  std::vector<PricedRun> on_trunks;
  for (const std::size_t i : together) on_trunks.push_back(priced[i]);
  ShareTrunks(on_trunks);
  double flops = 0;
  for (const Cost& cost : costs) flops += cost.flops();
  return {seconds > 0 ? flops / seconds : 0};
}

void AddLossLaw(const Sweep& sweep, Round* round) {
  for (std::int64_t d_sae : sweep.loss_law.d_sae) {
    for (std::int64_t tokens : sweep.loss_law.tokens) {
      round->Add(tokens,
                 d_sae,
                 sweep.loss_law.lr,
                 sweep.loss_law.seeds,
                 Stage::kLossLaw,
                 fmt::format("loss against data at lr {}", FormatExact(sweep.loss_law.lr)));
    }
  }
}

void AddExtraRuns(const Sweep& sweep, Round* round) {
  for (const ExtraRun& extra : sweep.extra_runs) {
    round->Add(extra.tokens,
               extra.d_sae,
               extra.lr,
               1,
               Stage::kExtra,
               extra.note.empty() ? "asked for by the sweep" : extra.note);
  }
}

// One data size of the lr law; returns whether it is settled.
bool AddRatesAt(
    const Sweep& sweep, const Family& family, std::int64_t tokens, int centre, Round* round) {
  const NextRates next =
      ChooseNextRates(sweep.lr_law, centre, family.RatesAt(WholeBatches(sweep, tokens)));
  for (int half_steps : next.half_steps) {
    round->Add(tokens,
               sweep.sae.d_sae,
               LatticeRate(sweep.loss_law.lr, sweep.lr_law.factor, half_steps),
               sweep.lr_law.seeds,
               Stage::kLrLaw,
               next.reason);
  }
  return next.half_steps.empty();
}

// The smallest size is the pilot: the others' first grids stand around its best rate. Returns
// whether every size is settled.
bool AddLrLaw(const Sweep& sweep, const Family& family, Round* round) {
  const std::vector<std::int64_t>& sizes = sweep.lr_law.tokens;
  if (sizes.empty()) return true;
  const std::vector<RateOutcome> pilot = family.RatesAt(WholeBatches(sweep, sizes.front()));
  bool settled = AddRatesAt(sweep, family, sizes.front(), 0, round);
  int centre = 0;
  if (!PilotCentre(sweep.lr_law, pilot, &centre)) return false;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    settled = AddRatesAt(sweep, family, sizes[i], centre, round) && settled;
  }
  return settled;
}

void AddHoldOut(const Sweep& sweep, const Knowledge& knowledge, Round* round) {
  const Findings findings = Study(sweep, knowledge, StudyDepth::kLaws);
  const RateChoice rate = HoldOutRate(sweep, findings);
  round->Add(sweep.hold_out.tokens,
             sweep.sae.d_sae,
             rate.lr,
             sweep.hold_out.seeds,
             Stage::kHoldOut,
             fmt::format("hold-out at lr {} ({})", FormatExact(rate.lr), Name(rate.basis)));
}

// Cuts the round to what the budget still allows, dearest last, and says so.
void ApplyBudget(const Sweep& sweep, const Family& family, Plan* plan) {
  double flops = 0;
  for (const KnownRun* run : family.members()) {
    flops += PriceRun(run->spec, sweep.model_shape, sweep.execution, {}).flops();
  }
  std::vector<PlannedRun> kept;
  for (PlannedRun& run : plan->runs) {
    const bool runs_left = !sweep.budget.runs || static_cast<int>(family.members().size() +
                                                                  kept.size()) < *sweep.budget.runs;
    const bool flops_left =
        !sweep.budget.flops || flops + run.predicted.flops() <= *sweep.budget.flops;
    if (!runs_left || !flops_left) continue;
    flops += run.predicted.flops();
    kept.push_back(std::move(run));
  }
  if (kept.size() < plan->runs.size()) {
    plan->notes.push_back(fmt::format("the budget leaves out {} of {} runs of this round",
                                      plan->runs.size() - kept.size(),
                                      plan->runs.size()));
  }
  plan->runs = std::move(kept);
}

}  // namespace

Plan NextRound(const Sweep& sweep, const Knowledge& knowledge) {
  const Family family(sweep, knowledge);
  Round round(sweep, family, SpeedOf(sweep, family));
  AddLossLaw(sweep, &round);
  AddExtraRuns(sweep, &round);
  const bool settled = AddLrLaw(sweep, family, &round);
  Plan plan;
  plan.runs = round.Take();
  if (plan.runs.empty() && settled && sweep.hold_out.tokens > 0) {
    AddHoldOut(sweep, knowledge, &round);
    plan.runs = round.Take();
  }
  ApplyBudget(sweep, family, &plan);
  plan.complete = plan.runs.empty();
  return plan;
}

std::vector<PlannedRun> ForeseenRuns(const Sweep& sweep) {
  const Knowledge nothing;
  const Family family(sweep, nothing);
  Round round(sweep, family, {});
  AddLossLaw(sweep, &round);
  AddExtraRuns(sweep, &round);
  for (std::int64_t tokens : sweep.lr_law.tokens) AddRatesAt(sweep, family, tokens, 0, &round);
  if (sweep.hold_out.tokens > 0) {
    round.Add(sweep.hold_out.tokens,
              sweep.sae.d_sae,
              sweep.loss_law.lr,
              sweep.hold_out.seeds,
              Stage::kHoldOut,
              "hold-out; its rate follows from the lr law");
  }
  return round.Take();
}

Shared ShareCosts(std::vector<PlannedRun>* runs) {
  std::vector<PricedRun> priced;
  for (PlannedRun& run : *runs) priced.push_back({&run.spec, &run.predicted});
  return {ShareStreams(priced), ShareTrunks(priced)};
}

}  // namespace saelaw
