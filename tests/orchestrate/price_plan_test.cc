#include "orchestrate/price_plan.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"
#include "orchestrate/loop/study_loop.h"
#include "orchestrate/train_run.h"

namespace saelaw {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class PricePlanTest : public WorkplaceTest {
 protected:
  Sweep sweep_ = SmallSweep();
};

TEST_F(PricePlanTest, ListsEachRunThatCanBeForeseenOnce) {
  const PlanReport report = PricePlan(sweep_, nullptr);
  EXPECT_THAT(report.plan.runs, SizeIs(5));  // of the next round, and the hold-out of a later one
  std::set<RunId> listed;
  for (const PlannedRun& run : report.plan.runs) listed.insert(run.id);
  EXPECT_THAT(listed, SizeIs(5));
  EXPECT_EQ(report.known_runs, 0);
  EXPECT_GT(report.wall_seconds.value_or(0), 0);
  EXPECT_EQ(report.target_d_sae, 128);
}

TEST_F(PricePlanTest, HasNothingLeftOfAStudyThatIsComplete) {
  ASSERT_EQ(RunStudy(work_, sweep_, ""), ExitCode::kComplete);
  const PlanReport report = PricePlan(sweep_, &store_);
  EXPECT_TRUE(report.plan.complete);
  EXPECT_THAT(report.plan.runs, IsEmpty());
  EXPECT_EQ(report.known_runs, 5);
}

// A run of `train` is of the study because the study asks for that very run: its result is used, by
// the plan and by `run` alike.
TEST_F(PricePlanTest, CountsARunThatWasTrainedByItselfAsKnown) {
  RunConfiguration alone;
  alone.name = alone.path = "alone";
  alone.run = MakeRun(sweep_, 524288, 128, 0.002, 0);
  alone.execution.threads = 1;
  ASSERT_EQ(TrainRun(work_, alone, {"text"}), ExitCode::kComplete);
  const PlanReport report = PricePlan(sweep_, &store_);
  EXPECT_EQ(report.known_runs, 1);
  EXPECT_THAT(report.plan.runs, SizeIs(4));
  EXPECT_TRUE(
      std::any_of(report.plan.notes.begin(), report.plan.notes.end(), [](const PlanNote& note) {
        const auto* trained = std::get_if<note::TrainedAlone>(&note.what);
        return trained != nullptr && trained->runs == 1;
      }));
  ASSERT_EQ(RunStudy(work_, sweep_, ""), ExitCode::kComplete);
  EXPECT_THAT(store_.FindRuns("small"), SizeIs(5));
  int trained = 0;
  for (const Job& job : world_.started) trained += static_cast<int>(job.runs.size());
  EXPECT_EQ(trained, 5);  // each of them once
}

// The reference keeps other arrays than the kernels, which are assumed where nothing was measured.
TEST_F(PricePlanTest, PricesByTheKernelsThatWereMeasuredHere) {
  const auto bytes = [&] {
    return PricePlan(sweep_, &store_).plan.runs.at(0).predicted.device_bytes;
  };
  const double assumed = bytes();
  Measurement measured = WorldMeasurement(sweep_.source);
  measured.tuning.path = "reference";
  store_.SaveMeasurement(measured);
  const double here = bytes();
  EXPECT_NE(here, assumed);
  sweep_.execution.kernels = "reference";
  EXPECT_EQ(here, bytes());
  sweep_.execution.kernels.clear();
  measured.tuning.machine = "another";
  store_.SaveMeasurement(measured);
  EXPECT_EQ(bytes(), assumed);
}

// Five runs can be foreseen, of which the first round asks for four.
TEST_F(PricePlanTest, HoldsTheBudgetToAllThatCanBeForeseen) {
  for (const int budget : {4, 3}) {
    sweep_.budget.runs = budget;
    const Plan plan = PricePlan(sweep_, nullptr).plan;
    EXPECT_THAT(plan.runs, SizeIs(budget));
    EXPECT_THAT(plan.cut, SizeIs(5 - budget));
    const auto& cut = std::get<note::BudgetCut>(plan.notes.front().what);
    EXPECT_TRUE(cut.foreseen);
    EXPECT_EQ(cut.of, 5u);
  }
}

// What is there is counted, and never left out.
TEST_F(PricePlanTest, CountsARunThatWasTrainedByItselfAgainstTheBudget) {
  RunConfiguration alone;
  alone.name = alone.path = "alone";
  alone.run = MakeRun(sweep_, 524288, 128, 0.002, 0);
  alone.execution.threads = 1;
  ASSERT_EQ(TrainRun(work_, alone, {"text"}), ExitCode::kComplete);
  sweep_.budget.runs = 3;
  const PlanReport report = PricePlan(sweep_, &store_);
  EXPECT_EQ(report.known_runs, 1);
  EXPECT_THAT(report.plan.runs, SizeIs(2));
  EXPECT_THAT(report.plan.cut, SizeIs(2));
  EXPECT_EQ(std::get<note::BudgetCut>(report.plan.notes.front().what).known, 1u);
}

TEST_F(PricePlanTest, SaysThatABudgetOfTimeWillNotSuffice) {
  sweep_.budget.seconds = 1e-3;
  const std::vector<PlanNote> notes = PricePlan(sweep_, nullptr).plan.notes;
  const auto over = std::find_if(notes.begin(), notes.end(), [](const PlanNote& note) {
    return std::holds_alternative<note::OverWall>(note.what);
  });
  ASSERT_NE(over, notes.end());
  EXPECT_EQ(std::get<note::OverWall>(over->what).budget_seconds, 1e-3);
}

TEST_F(PricePlanTest, SaysWhyRunsThatAreKnownMayBeListed) {
  sweep_.source.identity = "";
  const std::vector<PlanNote> notes = PricePlan(sweep_, &store_).plan.notes;
  EXPECT_TRUE(std::any_of(notes.begin(), notes.end(), [](const PlanNote& note) {
    return std::holds_alternative<note::NotHashed>(note.what);
  }));
}

}  // namespace
}  // namespace saelaw
