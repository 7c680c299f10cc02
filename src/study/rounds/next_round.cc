// What does not depend on results is asked for first; the grids of the larger sizes wait for the
// pilot's, and the hold-out for all of them.
#include "study/rounds/next_round.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "study/design/family.h"
#include "study/findings/hold_out_rate.h"
#include "study/price/measured_speed.h"
#include "study/rounds/budget.h"
#include "study/rounds/round.h"

namespace saelaw {
namespace {

// What was measured at one size; nothing where the table does not have it.
RatesAtSize RatesKnown(const Sweep& sweep,
                       const RateTable& table,
                       std::int64_t tokens,
                       std::int64_t d_sae) {
  Point place;
  place.tokens = static_cast<double>(WholeBatches(sweep, tokens));
  place.params = static_cast<double>(d_sae);
  place.batch = static_cast<double>(sweep.training.batch_tokens);
  const std::optional<std::size_t> at = table.FindIndex(place);
  return at ? table.sizes[*at] : RatesAtSize{};
}

// One SAE size. The smallest number of tokens is the pilot: the others' first grids stand around
// its best rate. Returns whether every one is settled.
bool AddRatesFrom(const Sweep& sweep, const RateTable& table, std::int64_t d_sae, Round* round) {
  const std::vector<std::int64_t>& sizes = sweep.lr_law.tokens;
  const RatesAtSize pilot = RatesKnown(sweep, table, sizes.front(), d_sae);
  bool settled = round->AddRatesAt(sizes.front(), d_sae, 0, pilot);
  int centre = 0;
  if (!PilotCentre(sweep.lr_law, round->lattice(), pilot, &centre)) return false;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const RatesAtSize known = RatesKnown(sweep, table, sizes[i], d_sae);
    settled = round->AddRatesAt(sizes[i], d_sae, centre, known) && settled;
  }
  return settled;
}

bool AddLrLaw(const Sweep& sweep, const RateTable& table, Round* round) {
  if (sweep.lr_law.tokens.empty()) return true;
  bool settled = true;
  for (std::int64_t d_sae : LrSizes(sweep)) {
    settled = AddRatesFrom(sweep, table, d_sae, round) && settled;
  }
  return settled;
}

void AddHoldOut(const Sweep& sweep, const Findings& findings, Round* round) {
  const RateChoice rate = HoldOutRate(sweep, findings.rates, findings.loss_before);
  round->Add(sweep.hold_out.tokens,
             sweep.sae.d_sae,
             rate.lr,
             sweep.hold_out.seeds,
             Stage::kHoldOut,
             asked::HoldOut{rate.lr, Name(rate.basis)});
}

// Parts the runs that are there from those that are to be trained.
void TakeWhatIsThere(const Knowledge& knowledge, Plan* plan) {
  const auto first_there =
      std::stable_partition(plan->runs.begin(), plan->runs.end(), [&](const PlannedRun& run) {
        return !knowledge.IsAlone(run.id);
      });
  plan->there.insert(plan->there.end(),
                     std::make_move_iterator(first_there),
                     std::make_move_iterator(plan->runs.end()));
  plan->runs.erase(first_there, plan->runs.end());
}

}  // namespace

Plan NextRound(const Sweep& sweep, const Knowledge& knowledge, const Findings& findings) {
  const Family family(sweep, knowledge);
  Round round(sweep, family, MeasureSpeed(sweep, family.members()));
  round.AddLossLaw();
  round.AddExtraRuns();
  const bool settled = AddLrLaw(sweep, findings.rates.table, &round);
  Plan plan;
  plan.runs = round.Take();
  if (plan.runs.empty() && settled && sweep.hold_out.tokens > 0) {
    AddHoldOut(sweep, findings, &round);
    plan.runs = round.Take();
  }
  // This comes before the budget, of which a result that is there takes nothing.
  TakeWhatIsThere(knowledge, &plan);
  if (!plan.there.empty()) return plan;
  ApplyBudget(sweep, family, &plan);
  plan.complete = plan.runs.empty() && plan.cut.empty();
  return plan;
}

}  // namespace saelaw
