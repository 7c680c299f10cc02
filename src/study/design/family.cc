// Whether a run is of the sweep's recipe is not compared field by field: the sweep makes the run
// anew, and the names tell whether it is the same.
#include "study/design/family.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace saelaw {

Family::Family(const Sweep& sweep, const Knowledge& knowledge) {
  for (const KnownRun& run : knowledge.runs) {
    const RunSpec again =
        MakeRun(sweep, run.spec.tokens, run.spec.sae.d_sae, run.spec.training.lr, run.spec.seed);
    if (ComputeId(again) != run.result.id) continue;
    by_id_[run.result.id] = &run;
    members_.push_back(&run);
  }
  const auto key = [](const KnownRun* run) {
    return std::tuple(run->spec.tokens, run->spec.sae.d_sae, run->spec.training.lr, run->spec.seed);
  };
  std::sort(members_.begin(), members_.end(), [&](const KnownRun* a, const KnownRun* b) {
    return key(a) < key(b);
  });
}

const KnownRun* Family::Find(const RunId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<std::int64_t> LrSizes(const Sweep& sweep) {
  return sweep.lr_law.d_sae.empty() ? std::vector{sweep.sae.d_sae} : sweep.lr_law.d_sae;
}

std::int64_t LrSizeNearTarget(const Sweep& sweep) {
  const std::vector<std::int64_t> sizes = LrSizes(sweep);
  const auto distance = [&](std::int64_t d_sae) {
    return std::abs(std::log(static_cast<double>(d_sae) / static_cast<double>(sweep.target.d_sae)));
  };
  return *std::min_element(sizes.begin(), sizes.end(), [&](std::int64_t a, std::int64_t b) {
    return distance(a) < distance(b);
  });
}

std::int64_t WholeBatches(const Sweep& sweep, std::int64_t tokens) {
  return MakeRun(sweep, tokens, sweep.sae.d_sae, sweep.loss_law.lr, 0).tokens;
}

}  // namespace saelaw
