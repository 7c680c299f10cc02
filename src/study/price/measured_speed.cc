// Runs of a gang compute their stream and their trunks once, so the FLOP that were really done are
// the shared ones; without that a machine would look faster than it is.
#include "study/price/measured_speed.h"

#include "study/price/shared_stream.h"
#include "study/price/shared_trunk.h"

namespace saelaw {

MeasuredSpeed MeasureSpeed(const Sweep& sweep, const std::vector<const KnownRun*>& runs) {
  std::vector<Cost> costs;
  std::vector<const RunSpec*> specs;
  std::vector<std::size_t> together;  // those that shared their trunk
  double seconds = 0;
  for (const KnownRun* run : runs) {
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

}  // namespace saelaw
