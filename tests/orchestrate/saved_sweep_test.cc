#include "orchestrate/saved_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class SavedSweepTest : public WorkplaceTest {
 protected:
  SavedSweepTest() {
    for (const char* name : {"two/plain", "two/held", "two", "twofold"}) {
      store_.SaveSweep(name, "", "");
    }
  }
};

TEST_F(SavedSweepTest, IsItselfAndItsArms) {
  const auto saved = FindSweep(store_, "two");
  ASSERT_TRUE(saved);
  EXPECT_THAT(saved->parts, UnorderedElementsAre("two/plain", "two/held", "two"));
  EXPECT_EQ(saved->FindArm("two/held"), "held");
  EXPECT_EQ(saved->FindArm("two"), "");
}

TEST_F(SavedSweepTest, IsOneArmWhereThatIsNamed) {
  EXPECT_THAT(FindSweep(store_, "two/held")->parts, ElementsAre("two/held"));
  EXPECT_EQ(FindSweep(store_, "two/held")->FindArm("two/held"), "");
}

TEST_F(SavedSweepTest, IsNothingUnderANameThatNobodyGave) {
  EXPECT_FALSE(FindSweep(store_, "tw"));
  EXPECT_FALSE(FindSweep(store_, ""));
}

}  // namespace
}  // namespace saelaw
