#include "orchestrate/gate.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/checkpoint_files.h"
#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GateTest : public ::testing::Test {
 protected:
  GateTest() { ::setenv("SAELAW_TRAINER", "/bin/true", 1); }
  ~GateTest() override { ::unsetenv("SAELAW_TRAINER"); }

  Passed Pass(GateFor command, bool shape_told = false) {
    Arms arms = sweep_;
    const Passed passed = PassGate(&arms, {command, shape_told, false}, cache_, watcher_);
    sweep_ = arms.first();
    return passed;
  }
  std::string Refusal(GateFor command, bool shape_told = false) {
    try {
      Pass(command, shape_told);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  FakeWatcher watcher_;
  Cache cache_{watcher_, folder_.path() / "cache"};
  Sweep sweep_ = SmallSweep();
};

TEST_F(GateTest, LetsASyntheticSweepPassAndGivesItItsIdentity) {
  sweep_.source.identity = "";
  for (const GateFor command : {GateFor::kPlan, GateFor::kValidate, GateFor::kRun}) {
    EXPECT_EQ(Pass(command).code, ExitCode::kComplete);
    EXPECT_EQ(sweep_.source.identity, "synthetic");
  }
  EXPECT_THAT(watcher_.lines, IsEmpty());
}

TEST_F(GateTest, SaysAtOnceThatABudgetWillEndTheStudyUnfinished) {
  sweep_.budget.runs = 2;
  for (const GateFor command : {GateFor::kPlan, GateFor::kValidate, GateFor::kRun}) {
    EXPECT_EQ(Pass(command).code, ExitCode::kIncomplete);
  }
  EXPECT_THAT(watcher_.lines, Contains(HasSubstr("the budget leaves out 3 of the 5 runs")));
}

TEST_F(GateTest, OnlyAPlanMayDoWithoutTheModelWhereItsShapeIsTold) {
  sweep_.source.kind = SourceKind::kModel;
  sweep_.source.model.model = (folder_.path() / "absent").string();
  for (const GateFor command : {GateFor::kValidate, GateFor::kRun}) {
    EXPECT_THAT(Refusal(command, true), HasSubstr("absent does not exist"));
  }
  EXPECT_EQ(Refusal(GateFor::kPlan, true), "");
  EXPECT_EQ(sweep_.source.identity, "synthetic");  // as it was: nothing was looked at
}

TEST_F(GateTest, APlanWarnsOfWeightsThatOnlyTrainingNeeds) {
  const CheckpointCopy model("llama3_tied");
  std::filesystem::remove(model.path() / "model.safetensors");
  sweep_.source.kind = SourceKind::kModel;
  sweep_.source.model.model = model.path().string();
  sweep_.source.model.text = {folder_.Write("text.txt", "some text\n").string()};
  EXPECT_EQ(Refusal(GateFor::kPlan), "");
  EXPECT_THAT(watcher_.lines, Contains(HasSubstr("; `saelaw run` needs it")));
  EXPECT_NE(Refusal(GateFor::kRun), "");
}

}  // namespace
}  // namespace saelaw
