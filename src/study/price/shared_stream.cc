// The stream is cut where one of its runs ends; each stretch is shared by the runs that are still
// there.
#include "study/price/shared_stream.h"

#include <algorithm>
#include <map>
#include <string>

namespace saelaw {
namespace {

using Gang = std::vector<PricedRun>;

void SetStreamFlops(Cost* cost, double stream_flops) {
  const double alone = cost->flops();
  cost->stream_flops = stream_flops;
  if (alone > 0) cost->seconds *= cost->flops() / alone;
}

// From the shortest run on: one stretch for each member, shared by it and all longer ones.
void Share(Gang gang) {
  std::stable_sort(gang.begin(), gang.end(), [](const PricedRun& a, const PricedRun& b) {
    return a.run->tokens < b.run->tokens;
  });
  const auto longest = static_cast<double>(gang.back().run->tokens);
  const double per_token = longest > 0 ? gang.back().cost->stream_flops / longest : 0;
  double share = 0, reached = 0;
  for (std::size_t i = 0; i < gang.size(); ++i) {
    const auto tokens = static_cast<double>(gang[i].run->tokens);
    share += per_token * (tokens - reached) / static_cast<double>(gang.size() - i);
    reached = tokens;
    SetStreamFlops(gang[i].cost, share);
  }
}

}  // namespace

bool ShareStreams(const std::vector<PricedRun>& runs) {
  std::map<std::string, Gang> gangs;
  for (const PricedRun& run : runs) {
    if (run.cost->stream_flops > 0) gangs[StreamKey(*run.run)].push_back(run);
  }
  bool shared = false;
  for (auto& [key, gang] : gangs) {
    shared = shared || gang.size() > 1;
    Share(std::move(gang));
  }
  return shared;
}

}  // namespace saelaw
