#include "study/rounds/next_round.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

TEST(NextRound, EndsAndAsksForNoRunTwice) {
  const Finished finished = RunAll(SomeSweep(), 4, 1000);
  EXPECT_LT(finished.rounds, 12);
  EXPECT_EQ(Ids(finished.knowledge).size(), finished.knowledge.runs.size());
}

// A sweep that is killed after every single run ends with the same runs.
TEST(NextRound, DoesNotDependOnWhereItWasInterrupted) {
  EXPECT_EQ(Ids(RunAll(SomeSweep(), 4, 1000).knowledge), Ids(RunAll(SomeSweep(), 4, 1).knowledge));
}

TEST(NextRound, RespectsTheBudgetOfRuns) {
  Sweep sweep = SomeSweep();
  sweep.budget.runs = 5;
  const Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  EXPECT_EQ(knowledge.runs.size(), 5u);
  const Plan plan = Decide(sweep, knowledge).plan;
  EXPECT_FALSE(plan.complete);
  EXPECT_FALSE(plan.cut.empty());
  ASSERT_FALSE(plan.notes.empty());
  EXPECT_TRUE(std::holds_alternative<note::BudgetCut>(plan.notes.front().what));
}

// Two runs that share a stream of a language model cost it once, and the cheapest come first.
TEST(NextRound, PricesSharedStreamsOnceAgainstTheBudget) {
  Sweep sweep = SomeSweep();
  sweep.source.kind = SourceKind::kModel;
  sweep.source.model.layer = 7;
  sweep.model_shape = ModelShape{"llama-3.2-1b", 1200000000, 16, 2048, 8192, 32, 8, 64, 128256};
  sweep.lr_law.tokens.clear();
  sweep.loss_law = {0.002, {64000, 128000}, {128, 256}, 1};
  std::vector<PlannedRun> alone = Decide(sweep, {}).plan.runs;
  ASSERT_EQ(alone.size(), 4U);
  const double stream = alone.back().predicted.stream_flops;  // of the longest
  double saes = 0;
  for (const PlannedRun& run : alone) saes += run.predicted.sae_flops;
  sweep.budget.flops = (stream + saes) * 1.0001;
  EXPECT_EQ(Decide(sweep, {}).plan.runs.size(), 4U);
  sweep.budget.flops = (stream + saes) * 0.9999;
  const Plan plan = Decide(sweep, {}).plan;
  ASSERT_EQ(plan.runs.size(), 3U);
  EXPECT_EQ(plan.cut.size(), 1u);
  EXPECT_FALSE(plan.complete);
  for (const PlannedRun& run : plan.runs) {
    EXPECT_FALSE(run.spec.tokens == 128000 && run.spec.sae.d_sae == 256) << "the dearest was kept";
  }
}

}  // namespace
}  // namespace saelaw
