// What is foreseen is the study of an empty database: its first round, the first grids of every
// size, and the hold-out.
#include "study/rounds/foreseen.h"

#include "study/design/family.h"
#include "study/design/knowledge.h"
#include "study/rounds/budget.h"
#include "study/rounds/plan.h"
#include "study/rounds/round.h"

namespace saelaw {

std::vector<PlannedRun> ForeseenRuns(const Sweep& sweep) {
  const Knowledge nothing;
  const Family family(sweep, nothing);
  Round round(sweep, family, {});
  round.AddLossLaw();
  round.AddExtraRuns();
  for (std::int64_t d_sae : LrSizes(sweep)) {
    for (std::int64_t tokens : sweep.lr_law.tokens) {
      round.AddRatesAt(tokens, d_sae, 0, {});
    }
  }
  if (sweep.hold_out.tokens > 0) {
    round.Add(sweep.hold_out.tokens,
              sweep.sae.d_sae,
              sweep.loss_law.lr,
              sweep.hold_out.seeds,
              Stage::kHoldOut,
              asked::HoldOut{});
  }
  return round.Take();
}

int ForeseenCut(const Sweep& sweep) {
  const Knowledge nothing;
  Plan plan;
  plan.runs = ForeseenRuns(sweep);
  ApplyBudget(sweep, Family(sweep, nothing), &plan);
  return static_cast<int>(plan.cut.size());
}

}  // namespace saelaw
