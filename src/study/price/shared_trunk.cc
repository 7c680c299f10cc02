// The trunk is cut where a run leaves it; each stretch is shared by the runs that are still on it,
// and every cooldown is its run's own.
#include "study/price/shared_trunk.h"

#include <algorithm>
#include <map>

#include "core/trunk.h"

namespace saelaw {
namespace {

using Members = std::vector<PricedRun>;

void SetSaeFlops(Cost* cost, double sae_flops) {
  const double alone = cost->flops();
  cost->sae_flops = sae_flops;
  if (alone > 0) cost->seconds *= cost->flops() / alone;
}

// From the first branch on: one stretch of the trunk for each member, shared by it and all that
// leave later; then its own cooldown.
void Share(Members members) {
  std::stable_sort(members.begin(), members.end(), [](const PricedRun& a, const PricedRun& b) {
    return BranchStep(*a.run) < BranchStep(*b.run);
  });
  double share = 0, reached = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const RunSpec& run = *members[i].run;
    Cost* cost = members[i].cost;
    const auto tokens = static_cast<double>(run.tokens);
    const double per_token = tokens > 0 ? cost->sae_flops / tokens : 0;
    const auto branch = static_cast<double>(BranchTokens(run));
    share += per_token * (branch - reached) / static_cast<double>(members.size() - i);
    reached = branch;
    SetSaeFlops(cost, share + per_token * (tokens - branch));
  }
}

}  // namespace

bool ShareTrunks(const std::vector<PricedRun>& runs) {
  std::map<std::string, Members> trunks;
  for (const PricedRun& run : runs) {
    if (SharesTrunks(run.run->training)) trunks[TrunkKey(*run.run)].push_back(run);
  }
  bool shared = false;
  for (auto& [key, members] : trunks) {
    shared = shared || members.size() > 1;
    Share(std::move(members));
  }
  return shared;
}

int MostSaesAtOnce(const std::vector<const RunSpec*>& of_one_trunk) {
  int most = 1;
  for (const RunSpec* at : of_one_trunk) {
    const std::int64_t step = BranchStep(*at);
    int live = 0;
    bool trunk = false;
    for (const RunSpec* run : of_one_trunk) {
      const std::int64_t branch = BranchStep(*run);
      if (branch > step) trunk = true;
      // One that ends with this very step still stands while the branch is made.
      if (branch <= step && step <= run->steps()) ++live;
    }
    most = std::max(most, live + (trunk ? 1 : 0));
  }
  return most;
}

std::string TrunkOrRun(const RunSpec& run) {
  const std::string key = TrunkKey(run);
  return key.empty() ? ComputeId(run) : key;
}

}  // namespace saelaw
