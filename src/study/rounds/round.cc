// A run is its name: whatever is known, or was asked for under another heading, is not asked for
// again.
#include "study/rounds/round.h"

#include <utility>

namespace saelaw {

void Round::Add(std::int64_t tokens,
                std::int64_t d_sae,
                double lr,
                int seeds,
                Stage stage,
                const WhyAsked& why) {
  for (int seed = 0; seed < seeds; ++seed) {
    RunSpec spec = MakeRun(sweep_, tokens, d_sae, lr, static_cast<std::uint64_t>(seed));
    const RunId id = ComputeId(spec);
    if (family_.Find(id) != nullptr || !seen_.insert(id).second) continue;
    const Cost cost = PriceRun(spec, sweep_, speed_);
    runs_.push_back({id, std::move(spec), stage, why, "", cost});
  }
}

void Round::AddLossLaw() {
  const LossLawStage& law = sweep_.loss_law;
  for (std::int64_t d_sae : law.d_sae) {
    for (std::int64_t tokens : law.tokens) {
      Add(tokens, d_sae, law.lr, law.seeds, Stage::kLossLaw, asked::LossLaw{law.lr});
    }
  }
}

void Round::AddExtraRuns() {
  for (const ExtraRun& extra : sweep_.extra_runs) {
    Add(extra.tokens, extra.d_sae, extra.lr, 1, Stage::kExtra, asked::Extra{extra.note});
  }
}

bool Round::AddRatesAt(std::int64_t tokens,
                       std::int64_t d_sae,
                       int centre,
                       const RatesAtSize& known) {
  const NextRates next = ChooseNextRates(sweep_.lr_law, lattice_, centre, known);
  for (int position : next.positions) {
    Add(tokens, d_sae, lattice_.Rate(position), next.seeds, Stage::kLrLaw, next.why);
  }
  return next.positions.empty();
}

std::vector<PlannedRun> Round::Take() { return std::exchange(runs_, {}); }

}  // namespace saelaw
