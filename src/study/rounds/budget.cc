#include "study/rounds/budget.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "study/price/cost.h"

namespace saelaw {
namespace {

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

note::BudgetCut DescribeCut(const Sweep& sweep, const Family& family) {
  SharedFlops spent(sweep);
  for (const KnownRun* run : family.members()) spent.Add(run->spec);
  note::BudgetCut cut;
  cut.runs = sweep.budget.runs;
  cut.known = family.members().size();
  cut.flops = sweep.budget.flops;
  cut.flops_used = spent.total();
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
