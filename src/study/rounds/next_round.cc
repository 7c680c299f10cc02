#include "study/rounds/next_round.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "study/design/family.h"
#include "study/design/next_rates.h"
#include "study/design/rate_lattice.h"
#include "study/findings/rate_choice.h"
#include "study/price/shared_stream.h"
#include "study/price/shared_trunk.h"

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
      const Cost cost = PriceRun(spec, sweep_, speed_);
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
    costs.push_back(PriceRun(run->spec, sweep, {}));
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
bool AddRatesAt(const Sweep& sweep,
                const KnownRates& known,
                std::int64_t tokens,
                std::int64_t d_sae,
                int centre,
                Round* round) {
  const RateLattice lattice = LatticeOf(sweep.lr_law, sweep.loss_law.lr);
  const NextRates next = ChooseNextRates(sweep.lr_law, centre, known);
  for (int position : next.positions) {
    round->Add(tokens, d_sae, lattice.Rate(position), next.seeds, Stage::kLrLaw, next.reason);
  }
  return next.positions.empty();
}

// One SAE size. The smallest number of tokens is the pilot: the others' first grids stand around
// its best rate. Returns whether every one is settled.
bool AddRatesOf(const Sweep& sweep, const Family& family, std::int64_t d_sae, Round* round) {
  const std::vector<std::int64_t>& sizes = sweep.lr_law.tokens;
  const KnownRates pilot = family.RatesAt(WholeBatches(sweep, sizes.front()), d_sae);
  bool settled = AddRatesAt(sweep, pilot, sizes.front(), d_sae, 0, round);
  int centre = 0;
  if (!PilotCentre(sweep.lr_law, pilot, &centre)) return false;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const KnownRates known = family.RatesAt(WholeBatches(sweep, sizes[i]), d_sae);
    settled = AddRatesAt(sweep, known, sizes[i], d_sae, centre, round) && settled;
  }
  return settled;
}

bool AddLrLaw(const Sweep& sweep, const Family& family, Round* round) {
  if (sweep.lr_law.tokens.empty()) return true;
  bool settled = true;
  for (std::int64_t d_sae : LrSizes(sweep)) {
    settled = AddRatesOf(sweep, family, d_sae, round) && settled;
  }
  return settled;
}

void AddHoldOut(const Sweep& sweep, const Findings& findings, Round* round) {
  const RateChoice rate = HoldOutRate(sweep, findings);
  round->Add(sweep.hold_out.tokens,
             sweep.sae.d_sae,
             rate.lr,
             sweep.hold_out.seeds,
             Stage::kHoldOut,
             fmt::format("hold-out at lr {} ({})", FormatExact(rate.lr), Name(rate.basis)));
}

// FLOP of runs that train together where they share a stream.
class SharedFlops {
 public:
  explicit SharedFlops(const Sweep& sweep) : sweep_(sweep) {}

  // What this run adds to those that were added: its SAE, and its stream beyond what they compute.
  double Extra(const RunSpec& run) const {
    const Cost cost = PriceRun(run, sweep_, {});
    const auto found = streams_.find(StreamKey(run));
    const double there = found == streams_.end() ? 0 : found->second;
    return cost.sae_flops + std::max(0.0, cost.stream_flops - there);
  }
  void Add(const RunSpec& run) {
    total_ += Extra(run);
    const Cost cost = PriceRun(run, sweep_, {});
    double& there = streams_[StreamKey(run)];
    there = std::max(there, cost.stream_flops);
  }
  double total() const { return total_; }

 private:
  const Sweep& sweep_;
  std::map<std::string, double> streams_;  // the longest of each
  double total_ = 0;
};

// Which runs of the round the budget still allows, cheapest first. Known runs are priced as if they
// had trained together, which is the least that they cost.
std::vector<bool> Affordable(const Sweep& sweep, const Family& family, const Plan& plan) {
  SharedFlops spent(sweep);
  for (const KnownRun* run : family.members()) spent.Add(run->spec);
  std::vector<std::size_t> cheapest(plan.runs.size());
  std::iota(cheapest.begin(), cheapest.end(), std::size_t{0});
  std::stable_sort(cheapest.begin(), cheapest.end(), [&](std::size_t a, std::size_t b) {
    return plan.runs[a].predicted.flops() < plan.runs[b].predicted.flops();
  });
  const double flops = sweep.budget.flops.value_or(std::numeric_limits<double>::infinity());
  int runs_left = sweep.budget.runs.value_or(std::numeric_limits<int>::max()) -
                  static_cast<int>(family.members().size());
  std::vector<bool> affordable(plan.runs.size());
  for (std::size_t i : cheapest) {
    const RunSpec& run = plan.runs[i].spec;
    if (runs_left < 1 || spent.total() + spent.Extra(run) > flops) continue;
    affordable[i] = true;
    --runs_left;
    spent.Add(run);
  }
  return affordable;
}

// The budgets of the sweep, and what of each its known runs have used.
std::string BudgetText(const Sweep& sweep, const Family& family) {
  SharedFlops spent(sweep);
  for (const KnownRun* run : family.members()) spent.Add(run->spec);
  std::vector<std::string> texts;
  if (sweep.budget.runs) {
    texts.push_back(fmt::format(
        "budget.runs of {} ({} are there)", *sweep.budget.runs, family.members().size()));
  }
  if (sweep.budget.flops) {
    texts.push_back(fmt::format(
        "budget.flops of {:.3g} ({:.3g} are used)", *sweep.budget.flops, spent.total()));
  }
  return fmt::format("{}", fmt::join(texts, ", or "));
}

// Cuts the round to what the budget still allows, and says so.
void ApplyBudget(const Sweep& sweep, const Family& family, Plan* plan) {
  if (!sweep.budget.runs && !sweep.budget.flops) return;
  const std::vector<bool> affordable = Affordable(sweep, family, *plan);
  std::vector<PlannedRun> kept;
  for (std::size_t i = 0; i < affordable.size(); ++i) {
    if (affordable[i]) kept.push_back(std::move(plan->runs[i]));
  }
  plan->cut = static_cast<int>(affordable.size() - kept.size());
  plan->runs = std::move(kept);
  if (plan->cut == 0) return;
  plan->notes.push_back(
      fmt::format("{} leaves out {} of {} runs of this round: the study stays unfinished",
                  BudgetText(sweep, family),
                  plan->cut,
                  affordable.size()));
}

}  // namespace

Plan NextRound(const Sweep& sweep, const Knowledge& knowledge, const Findings* findings) {
  const Family family(sweep, knowledge);
  Round round(sweep, family, SpeedOf(sweep, family));
  AddLossLaw(sweep, &round);
  AddExtraRuns(sweep, &round);
  const bool settled = AddLrLaw(sweep, family, &round);
  Plan plan;
  plan.runs = round.Take();
  if (plan.runs.empty() && settled && sweep.hold_out.tokens > 0) {
    std::optional<Findings> own;
    if (findings == nullptr) findings = &own.emplace(Study(sweep, knowledge, StudyDepth::kLaws));
    AddHoldOut(sweep, *findings, &round);
    plan.runs = round.Take();
  }
  ApplyBudget(sweep, family, &plan);
  plan.complete = plan.runs.empty() && plan.cut == 0;
  return plan;
}

std::vector<PlannedRun> ForeseenRuns(const Sweep& sweep) {
  const Knowledge nothing;
  const Family family(sweep, nothing);
  Round round(sweep, family, {});
  AddLossLaw(sweep, &round);
  AddExtraRuns(sweep, &round);
  for (std::int64_t d_sae : LrSizes(sweep)) {
    for (std::int64_t tokens : sweep.lr_law.tokens) {
      AddRatesAt(sweep, {}, tokens, d_sae, 0, &round);
    }
  }
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

int ForeseenCut(const Sweep& sweep) {
  const Knowledge nothing;
  Plan plan;
  plan.runs = ForeseenRuns(sweep);
  ApplyBudget(sweep, Family(sweep, nothing), &plan);
  return plan.cut;
}

}  // namespace saelaw
