#include "orchestrate/loop/wall_budget.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saelaw {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WallBudgetTest : public ::testing::Test {
 protected:
  WallBudgetTest() { store_.SaveSweep("s", "name: s", "hash"); }

  WallBudget::Now Now() {
    return [this] { return now_; };
  }

  TemporaryFolder folder_;
  Store store_ = Store::OpenForWriting(folder_.path() / "results.db");
  WallBudget::SteadyClock::time_point now_{seconds(1000)};
};

TEST_F(WallBudgetTest, CountsWhatEarlierCallsHaveUsed) {
  {
    WallBudget first(store_, "s", 10, std::nullopt, Now());
    now_ += seconds(4);
    EXPECT_EQ(first.used(), 4);
    EXPECT_FALSE(first.IsSpent());
  }
  now_ += seconds(500);  // nobody runs
  WallBudget second(store_, "s", 10, std::nullopt, Now());
  EXPECT_EQ(second.used(), 4);
  EXPECT_EQ(*second.Deadline(), now_ + seconds(6));
  now_ += seconds(6);
  EXPECT_TRUE(second.IsSpent());
  EXPECT_EQ(second.Text(), "budget.wall is 10 s, of which 10 s are used");
}

TEST_F(WallBudgetTest, KeepsWhatPassesEveryOtherSecond) {
  WallBudget budget(store_, "s", 10, std::nullopt, Now());
  now_ += milliseconds(1900);
  budget.Keep();
  EXPECT_EQ(store_.SumWallSeconds("s"), 0);
  now_ += milliseconds(100);
  budget.Keep();
  EXPECT_EQ(store_.SumWallSeconds("s"), 2);
  now_ += seconds(1);
  EXPECT_EQ(budget.used(), 3);
  EXPECT_EQ(*budget.Deadline(), now_ + seconds(7));
}

TEST_F(WallBudgetTest, IsSpentAtOnceWhereEarlierCallsHaveUsedItUp) {
  store_.AddWallSeconds("s", 11);
  const WallBudget budget(store_, "s", 10, std::nullopt, Now());
  EXPECT_TRUE(budget.IsSpent());
  EXPECT_EQ(*budget.Deadline(), now_);
}

TEST_F(WallBudgetTest, HasNoDeadlineWithoutALimitOrBeyondAClocksReach) {
  EXPECT_FALSE(WallBudget(store_, "s", std::nullopt, std::nullopt, Now()).Deadline());
  EXPECT_FALSE(WallBudget(store_, "s", 1e10, std::nullopt, Now()).Deadline());
  EXPECT_FALSE(WallBudget(store_, "s", 1e300, std::nullopt, Now()).Deadline());
  EXPECT_EQ(*WallBudget(store_, "s", 1e9, std::nullopt, Now()).Deadline(),
            now_ + seconds(1'000'000'000));
  EXPECT_FALSE(WallBudget(store_, "s", std::nullopt, std::nullopt, Now()).IsSpent());
}

TEST_F(WallBudgetTest, IsKeptForALaterLimitAndBySweep) {
  store_.SaveSweep("other", "name: other", "hash");
  {
    WallBudget unlimited(store_, "s", std::nullopt, std::nullopt, Now());
    now_ += seconds(3);
  }
  EXPECT_EQ(WallBudget(store_, "s", 10, std::nullopt, Now()).used(), 3);
  EXPECT_EQ(WallBudget(store_, "other", 10, std::nullopt, Now()).used(), 0);
  store_.SaveSweep("s", "name: s\nbudget: {wall: 20s}", "another hash");
  EXPECT_EQ(store_.SumWallSeconds("s"), 3);
}

TEST_F(WallBudgetTest, EndsACallAtItsOwnTimeWhereThatComesFirst) {
  const CallEnd end{now_ + seconds(5), "--for is 5 s"};
  const WallBudget budget(store_, "s", 10, end, Now());
  EXPECT_EQ(*budget.Deadline(), now_ + seconds(5));
  EXPECT_TRUE(budget.HasTimeFor(5));
  EXPECT_FALSE(budget.HasTimeFor(5.1));
  EXPECT_FALSE(budget.IsSpent());
  now_ += seconds(5);
  EXPECT_TRUE(budget.IsSpent());
  EXPECT_EQ(budget.Text(), "--for is 5 s");
  // Of the sweep's budget half is left, and the next call has it.
  EXPECT_EQ(budget.used(), 5);
}

TEST_F(WallBudgetTest, EndsACallWithTheBudgetWhereThatComesFirst) {
  const WallBudget budget(store_, "s", 3, CallEnd{now_ + seconds(5), "--for is 5 s"}, Now());
  EXPECT_EQ(*budget.Deadline(), now_ + seconds(3));
  EXPECT_EQ(budget.Text(), "budget.wall is 3 s, of which 0 s are used");
}

TEST_F(WallBudgetTest, HasTimeForEverythingWithoutALimit) {
  EXPECT_TRUE(WallBudget(store_, "s", std::nullopt, std::nullopt, Now()).HasTimeFor(1e12));
}

}  // namespace
}  // namespace saelaw
