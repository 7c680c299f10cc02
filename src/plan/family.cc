#include "plan/family.h"

#include <algorithm>
#include <tuple>

namespace saelaw {

Family::Family(const Sweep& sweep, const Knowledge& knowledge) : sweep_(sweep) {
  for (const KnownRun& run : knowledge.runs) {
    const RunSpec again =
        MakeRun(sweep, run.spec.tokens, run.spec.sae.d_sae, run.spec.training.lr, run.spec.seed);
    if (IdOf(again) != run.result.id) continue;
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

std::vector<RateOutcome> Family::RatesAt(std::int64_t tokens) const {
  std::map<int, RateOutcome> rates;
  for (const KnownRun* run : members_) {
    if (run->spec.tokens != tokens || run->spec.sae.d_sae != sweep_.sae.d_sae) continue;
    if (run->spec.seed >= static_cast<std::uint64_t>(sweep_.lr_law.seeds)) continue;
    int half_steps = 0;
    if (!LatticePosition(
            sweep_.loss_law.lr, sweep_.lr_law.factor, run->spec.training.lr, &half_steps)) {
      continue;
    }
    RateOutcome& rate = rates[half_steps];
    rate.half_steps = half_steps;
    if (run->outcome == Outcome::kCompleted) {
      rate.mean_loss =
          (rate.mean_loss * rate.survived + run->result.final.loss) / (rate.survived + 1);
      ++rate.survived;
    } else {
      ++rate.failed;
    }
  }
  std::vector<RateOutcome> complete;
  for (const auto& [half_steps, rate] : rates) {
    if (rate.survived + rate.failed == sweep_.lr_law.seeds) complete.push_back(rate);
  }
  return complete;
}

std::int64_t WholeBatches(const Sweep& sweep, std::int64_t tokens) {
  return MakeRun(sweep, tokens, sweep.sae.d_sae, sweep.loss_law.lr, 0).tokens;
}

}  // namespace saelaw
