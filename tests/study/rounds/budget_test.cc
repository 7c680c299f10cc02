#include "study/rounds/budget.h"

#include <gtest/gtest.h>

#include "study/price/gangs.h"
#include "study/rounds/decision.h"
#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

// Five runs of one recipe whose trunks are shared.
Sweep WithTrunks() {
  Sweep sweep = SomeSweep();
  sweep.training.schedule = Schedule::kWarmupStableDecay;
  const std::int64_t warmup = 10 * sweep.training.batch_tokens;
  sweep.training.lr_warmup = sweep.training.sparsity_warmup = {0, warmup, true};
  sweep.lr_law.tokens.clear();
  sweep.loss_law.tokens = {64'000, 128'000, 256'000, 512'000, 1'024'000};
  sweep.loss_law.seeds = 1;
  return sweep;
}

// The budget counts as the plan does (study/price/gangs.h): a trunk once.
TEST(ApplyBudget, CountsATrunkOnce) {
  Sweep sweep = WithTrunks();
  std::vector<PlannedRun> runs = Decide(sweep, {}).plan.runs;
  ASSERT_EQ(runs.size(), 5u);
  const double alone = AddUp(runs).flops;
  ASSERT_TRUE(ShareCosts(&runs).trunks);
  const double shared = AddUp(runs).flops;
  ASSERT_LT(shared, 0.8 * alone);
  sweep.budget.flops = shared * 1.0001;
  EXPECT_TRUE(Decide(sweep, {}).plan.cut.empty());
  sweep.budget.flops = shared * 0.9999;
  const Plan plan = Decide(sweep, {}).plan;
  EXPECT_EQ(plan.cut.size(), 1u);
  ASSERT_EQ(plan.runs.size(), 4u);
  for (const PlannedRun& run : plan.runs) EXPECT_LE(run.spec.tokens, 512'000);
}

// What was spent is told as it is counted.
TEST(ApplyBudget, SaysWhatItLeavesOut) {
  Sweep sweep = WithTrunks();
  sweep.budget.runs = 2;
  const Plan plan = Decide(sweep, {}).plan;
  ASSERT_EQ(plan.notes.size(), 1u);
  const auto& cut = std::get<note::BudgetCut>(plan.notes.front().what);
  EXPECT_EQ(cut.runs, 2);
  EXPECT_FALSE(cut.flops);
  EXPECT_EQ(cut.cut, 3);
  EXPECT_EQ(cut.of, 5u);
}

// Three of five runs are affordable: two of the round, one that is there, and none of later rounds,
// among which the ones that were left out are listed again.
TEST(AddWithinBudget, CountsWhatIsListedAndWhatIsThere) {
  Sweep sweep = WithTrunks();
  const Knowledge nothing;
  const Family family(sweep, nothing);
  const std::vector<PlannedRun> all = Decide(sweep, {}).plan.runs;
  Plan plan;
  plan.there = {all[0]};
  plan.runs = {all[1], all[2]};
  plan.cut = {all[3].id};
  sweep.budget.runs = 3;
  Plan full = plan;
  AddWithinBudget(sweep, family, {all[3], all[4]}, &full);
  EXPECT_EQ(full.runs.size(), 2u);
  EXPECT_EQ(full.cut, (std::set<RunId>{all[3].id, all[4].id}));
  ASSERT_EQ(full.notes.size(), 1u);
  const auto& cut = std::get<note::BudgetCut>(full.notes.front().what);
  EXPECT_TRUE(cut.foreseen);
  EXPECT_EQ(cut.known, 1u);
  EXPECT_EQ(cut.of, 4u);
  EXPECT_GT(cut.flops_used, 0);

  sweep.budget.runs = 4;
  plan.cut.clear();
  AddWithinBudget(sweep, family, {all[4], all[3]}, &plan);
  ASSERT_EQ(plan.runs.size(), 3u);
  EXPECT_EQ(plan.runs[2].id, all[3].id);  // the cheaper one
}

}  // namespace
}  // namespace saelaw
