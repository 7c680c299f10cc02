// Runs are priced in company: one alone would pay for a stream and a trunk that others compute
// anyhow, and a budget would end a study that it suffices for.
#include "study/rounds/budget.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/trunk.h"
#include "study/price/cost.h"

namespace saelaw {
namespace {

// What a run computes: what it may share with others, and the rest.
struct Parts {
  std::string stream, trunk;  // which ones; the trunk is empty where it has none
  double stream_flops = 0;    // of the stream, to the run's end
  double trunk_flops = 0;     // of its SAE, on the trunk
  double own_flops = 0;       // of its SAE, after it
  double alone() const { return stream_flops + trunk_flops + own_flops; }
};

Parts Price(const RunSpec& run, const Sweep& sweep) {
  const Cost cost = PriceRun(run, sweep, {});
  Parts parts{StreamKey(run), "", cost.stream_flops, 0, cost.sae_flops};
  if (!SharesTrunks(run.training) || run.tokens == 0) return parts;
  parts.trunk = TrunkKey(run);
  const double share = static_cast<double>(BranchTokens(run)) / static_cast<double>(run.tokens);
  parts.trunk_flops = share * cost.sae_flops;
  parts.own_flops = cost.sae_flops - parts.trunk_flops;
  return parts;
}

// FLOP of runs that train together: a stream is computed as far as the longest of its runs goes, a
// trunk as far as the last of its branches. The sum is that of ShareCosts.
class SharedFlops {
 public:
  // What this run adds to those that were added.
  double Extra(const Parts& run) const {
    return run.own_flops + Beyond(streams_, run.stream, run.stream_flops) +
           Beyond(trunks_, run.trunk, run.trunk_flops);
  }
  void Add(const Parts& run) {
    total_ += Extra(run);
    double& stream = streams_[run.stream];
    stream = std::max(stream, run.stream_flops);
    double& trunk = trunks_[run.trunk];
    trunk = std::max(trunk, run.trunk_flops);
  }
  double total() const { return total_; }

 private:
  using Longest = std::map<std::string, double>;
  static double Beyond(const Longest& longest, const std::string& key, double flops) {
    const auto found = longest.find(key);
    return found == longest.end() ? flops : std::max(0.0, flops - found->second);
  }

  Longest streams_;
  Longest trunks_;
  double total_ = 0;
};

// What is left of a budget. Runs that are there are priced as if they had trained together, which
// is the least that they cost.
class Purse {
 public:
  Purse(const Sweep& sweep, const Family& family) : sweep_(sweep) {
    for (const KnownRun* run : family.members()) Take(Price(run->spec, sweep));
  }

  void Take(const std::vector<PlannedRun>& runs) {
    for (const PlannedRun& run : runs) Take(Price(run.spec, sweep_));
  }

  // Takes what it can of these, the cheapest first; true for each that it took.
  std::vector<bool> TakeAffordable(const std::vector<PlannedRun>& runs);

  std::size_t runs() const { return runs_; }
  double flops() const { return spent_.total(); }

 private:
  void Take(const Parts& run) {
    spent_.Add(run);
    ++runs_;
  }
  bool Affords(const Parts& run) const {
    const Budget& budget = sweep_.budget;
    if (budget.runs && static_cast<double>(runs_) >= *budget.runs) return false;
    return !budget.flops || !(spent_.total() + spent_.Extra(run) > *budget.flops);
  }

  const Sweep& sweep_;
  SharedFlops spent_;
  std::size_t runs_ = 0;
};

std::vector<bool> Purse::TakeAffordable(const std::vector<PlannedRun>& runs) {
  std::vector<Parts> parts;
  for (const PlannedRun& run : runs) parts.push_back(Price(run.spec, sweep_));
  std::vector<std::size_t> cheapest(runs.size());
  std::iota(cheapest.begin(), cheapest.end(), std::size_t{0});
  std::stable_sort(cheapest.begin(), cheapest.end(), [&](std::size_t a, std::size_t b) {
    return parts[a].alone() < parts[b].alone();
  });
  std::vector<bool> taken(runs.size());
  for (const std::size_t i : cheapest) {
    if (!Affords(parts[i])) continue;
    taken[i] = true;
    Take(parts[i]);
  }
  return taken;
}

// Moves to the plan what the purse affords of these; the others are cut.
void AddAffordable(std::vector<PlannedRun> runs, Purse* purse, Plan* plan) {
  const std::vector<bool> affordable = purse->TakeAffordable(runs);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (affordable[i]) {
      plan->runs.push_back(std::move(runs[i]));
    } else {
      plan->cut.insert(runs[i].id);
    }
  }
}

// `there`: the purse before any run of the plan was taken from it.
note::BudgetCut DescribeCut(const Sweep& sweep, const Purse& there, const Plan& plan) {
  note::BudgetCut cut;
  cut.runs = sweep.budget.runs;
  cut.known = there.runs();
  cut.flops = sweep.budget.flops;
  cut.flops_used = there.flops();
  cut.cut = static_cast<int>(plan.cut.size());
  cut.of = plan.runs.size() + plan.cut.size();
  return cut;
}

}  // namespace

void ApplyBudget(const Sweep& sweep, const Family& family, Plan* plan) {
  if (!sweep.budget.runs && !sweep.budget.flops) return;
  const Purse there(sweep, family);
  Purse purse = there;
  AddAffordable(std::exchange(plan->runs, {}), &purse, plan);
  if (!plan->cut.empty()) plan->notes.push_back({DescribeCut(sweep, there, *plan)});
}

void AddWithinBudget(const Sweep& sweep,
                     const Family& family,
                     std::vector<PlannedRun> later,
                     Plan* plan) {
  Purse there(sweep, family);
  there.Take(plan->there);
  Purse purse = there;
  purse.Take(plan->runs);
  AddAffordable(std::move(later), &purse, plan);
  if (plan->cut.empty()) return;
  std::erase_if(plan->notes, [](const PlanNote& note) {
    return std::holds_alternative<note::BudgetCut>(note.what);
  });
  note::BudgetCut cut = DescribeCut(sweep, there, *plan);
  cut.foreseen = true;
  plan->notes.push_back({cut});
}

}  // namespace saelaw
