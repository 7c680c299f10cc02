#include "study/rounds/decision.h"

#include <gtest/gtest.h>

#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

// Somebody has trained, by itself, the first run that the study asks for.
TEST(Decide, UsesARunTrainedByItselfOnceTheStudyAsksForIt) {
  const Sweep sweep = SomeSweep();
  const Plan before = Decide(sweep, {}).plan;
  Knowledge knowledge;
  knowledge.alone = {Measure(before.runs.front().spec, 4)};
  const Decision decision = Decide(sweep, knowledge);
  EXPECT_EQ(decision.plan.runs.size(), before.runs.size() - 1);
  ASSERT_EQ(decision.plan.there.size(), 1U);
  EXPECT_EQ(decision.plan.there.front().id, before.runs.front().id);
  ASSERT_EQ(decision.findings.runs.size(), 1U);
  EXPECT_EQ(decision.findings.runs.front().id, before.runs.front().id);
}

// A rate that the study does not ask for stays out of its laws, though the size is the study's.
TEST(Decide, LeavesOutARunTrainedByItselfThatTheStudyDoesNotAskFor) {
  const Sweep sweep = SomeSweep();
  Knowledge knowledge;
  knowledge.alone = {Measure(MakeRun(sweep, 1048576, 128, 0.00123, 0), 4)};
  const Decision decision = Decide(sweep, knowledge);
  EXPECT_TRUE(decision.plan.there.empty());
  EXPECT_TRUE(decision.findings.runs.empty());
}

// A study of which all was trained by itself is complete at once, and asks for no more than it
// would have.
TEST(Decide, FollowsRunsTrainedByThemselvesFromRoundToRound) {
  const Sweep sweep = SomeSweep();
  Knowledge finished = RunAll(sweep, 4, 1000).knowledge;
  Knowledge knowledge;
  knowledge.alone = finished.runs;
  const Decision decision = Decide(sweep, knowledge);
  EXPECT_TRUE(decision.plan.complete);
  EXPECT_TRUE(decision.plan.runs.empty());
  EXPECT_EQ(decision.plan.there.size(), finished.runs.size());
}

// A result that is there takes nothing of the budget of a round.
TEST(Decide, AsksForWhatIsThereBeforeTheBudgetCutsIt) {
  Sweep sweep = SomeSweep();
  std::vector<PlannedRun> all = Decide(sweep, {}).plan.runs;
  sweep.budget.runs = 1;
  Knowledge knowledge;
  knowledge.alone = {Measure(all.back().spec, 4)};
  EXPECT_EQ(Decide(sweep, knowledge).plan.there.size(), 1U);
}

}  // namespace
}  // namespace saelaw
