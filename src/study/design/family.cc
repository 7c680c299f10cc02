#include "study/design/family.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "study/design/rate_lattice.h"

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

KnownRates Family::RatesAt(std::int64_t tokens, std::int64_t d_sae) const {
  const LrLawStage& stage = sweep_.lr_law;
  return {CompleteRates(tokens, d_sae, stage.seeds),
          CompleteRates(tokens, d_sae, stage.most_seeds())};
}

// Of the first `seeds` seeds of each rate, where all of them are known.
std::vector<RateOutcome> Family::CompleteRates(std::int64_t tokens,
                                               std::int64_t d_sae,
                                               int seeds) const {
  const RateLattice lattice = LatticeOf(sweep_.lr_law, sweep_.loss_law.lr);
  std::map<int, RateOutcome> rates;
  for (const KnownRun* run : members_) {
    if (run->spec.tokens != tokens || run->spec.sae.d_sae != d_sae) continue;
    if (run->spec.seed >= static_cast<std::uint64_t>(seeds)) continue;
    int position = 0;
    if (!lattice.Find(run->spec.training.lr, &position)) continue;
    RateOutcome& rate = rates[position];
    rate.position = position;
    if (run->outcome == Outcome::kCompleted) {
      rate.mean_loss =
          (rate.mean_loss * rate.survived + run->result.final.loss) / (rate.survived + 1);
      ++rate.survived;
    } else {
      ++rate.failed;
    }
  }
  std::vector<RateOutcome> complete;
  for (const auto& [position, rate] : rates) {
    if (rate.survived + rate.failed == seeds) complete.push_back(rate);
  }
  return complete;
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
