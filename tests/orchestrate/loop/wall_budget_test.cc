#include "orchestrate/loop/wall_budget.h"

#include <gtest/gtest.h>

#include "tensors/temporary_folder.h"

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
    WallBudget first(store_, "s", 10, Now());
    now_ += seconds(4);
    EXPECT_EQ(first.used(), 4);
    EXPECT_FALSE(first.IsSpent());
  }
  now_ += seconds(500);  // nobody runs
  WallBudget second(store_, "s", 10, Now());
  EXPECT_EQ(second.used(), 4);
  EXPECT_EQ(*second.Deadline(), now_ + seconds(6));
  now_ += seconds(6);
  EXPECT_TRUE(second.IsSpent());
  EXPECT_EQ(second.Text(), "budget.wall is 10 s, of which 10 s are used");
}

TEST_F(WallBudgetTest, KeepsWhatPassesEveryOtherSecond) {
  WallBudget budget(store_, "s", 10, Now());
  now_ += milliseconds(1900);
  budget.Keep();
  EXPECT_EQ(store_.WallSecondsOf("s"), 0);
  now_ += milliseconds(100);
  budget.Keep();
  EXPECT_EQ(store_.WallSecondsOf("s"), 2);
  now_ += seconds(1);
  EXPECT_EQ(budget.used(), 3);
  EXPECT_EQ(*budget.Deadline(), now_ + seconds(7));
}

TEST_F(WallBudgetTest, IsSpentAtOnceWhereEarlierCallsHaveUsedItUp) {
  store_.AddWallSeconds("s", 11);
  const WallBudget budget(store_, "s", 10, Now());
  EXPECT_TRUE(budget.IsSpent());
  EXPECT_EQ(*budget.Deadline(), now_);
}

TEST_F(WallBudgetTest, HasNoDeadlineWithoutALimitOrBeyondAClocksReach) {
  EXPECT_FALSE(WallBudget(store_, "s", std::nullopt, Now()).Deadline());
  EXPECT_FALSE(WallBudget(store_, "s", 1e10, Now()).Deadline());
  EXPECT_FALSE(WallBudget(store_, "s", 1e300, Now()).Deadline());
  EXPECT_EQ(*WallBudget(store_, "s", 1e9, Now()).Deadline(), now_ + seconds(1'000'000'000));
  EXPECT_FALSE(WallBudget(store_, "s", std::nullopt, Now()).IsSpent());
}

TEST_F(WallBudgetTest, IsKeptForALaterLimitAndBySweep) {
  store_.SaveSweep("other", "name: other", "hash");
  {
    WallBudget unlimited(store_, "s", std::nullopt, Now());
    now_ += seconds(3);
  }
  EXPECT_EQ(WallBudget(store_, "s", 10, Now()).used(), 3);
  EXPECT_EQ(WallBudget(store_, "other", 10, Now()).used(), 0);
  store_.SaveSweep("s", "name: s\nbudget: {wall: 20s}", "another hash");
  EXPECT_EQ(store_.WallSecondsOf("s"), 3);
}

}  // namespace
}  // namespace saelaw
