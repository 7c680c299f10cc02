// Runs are priced in company: one alone would pay for a stream and a trunk that others compute
// anyhow, and a budget would end a study that it suffices for.
#include "study/rounds/budget.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>
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

// Known runs are priced as if they had trained together, which is the least that they cost.
SharedFlops Spent(const Sweep& sweep, const Family& family) {
  SharedFlops spent;
  for (const KnownRun* run : family.members()) spent.Add(Price(run->spec, sweep));
  return spent;
}

// Which runs of the round the budget still allows, cheapest first.
std::vector<bool> Affordable(const Sweep& sweep, const Family& family, const Plan& plan) {
  SharedFlops spent = Spent(sweep, family);
  std::vector<Parts> parts;
  for (const PlannedRun& run : plan.runs) parts.push_back(Price(run.spec, sweep));
  std::vector<std::size_t> cheapest(plan.runs.size());
  std::iota(cheapest.begin(), cheapest.end(), std::size_t{0});
  std::stable_sort(cheapest.begin(), cheapest.end(), [&](std::size_t a, std::size_t b) {
    return parts[a].alone() < parts[b].alone();
  });
  const double flops = sweep.budget.flops.value_or(std::numeric_limits<double>::infinity());
  int runs_left = sweep.budget.runs.value_or(std::numeric_limits<int>::max()) -
                  static_cast<int>(family.members().size());
  std::vector<bool> affordable(plan.runs.size());
  for (const std::size_t i : cheapest) {
    if (runs_left < 1 || spent.total() + spent.Extra(parts[i]) > flops) continue;
    affordable[i] = true;
    --runs_left;
    spent.Add(parts[i]);
  }
  return affordable;
}

note::BudgetCut DescribeCut(const Sweep& sweep, const Family& family) {
  note::BudgetCut cut;
  cut.runs = sweep.budget.runs;
  cut.known = family.members().size();
  cut.flops = sweep.budget.flops;
  cut.flops_used = Spent(sweep, family).total();
  return cut;
}

}  // namespace

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
  note::BudgetCut cut = DescribeCut(sweep, family);
  cut.cut = plan->cut;
  cut.of = affordable.size();
  plan->notes.push_back({cut});
}

}  // namespace saelaw
