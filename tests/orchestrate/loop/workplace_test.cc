#include "orchestrate/loop/workplace.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saelaw {
namespace {

class RunnerTest : public ::testing::Test {
 protected:
  ~RunnerTest() override { ::unsetenv("SAELAW_TRAINER"); }
  TemporaryFolder folder_;
};

// Two workers on each of two GPUs are four trainers at a time.
TEST_F(RunnerTest, HasAPlaceForEachTrainerOfTheExecution) {
  ::setenv("SAELAW_TRAINER", "/bin/true", 1);
  Execution execution;
  execution.devices = {"cuda:0", "cuda:1"};
  execution.workers = 2;
  EXPECT_EQ(RunnerOnThisMachine(folder_.path(), execution)->Capacity(), execution.trainers());
}

TEST_F(RunnerTest, IsRefusedWithoutATrainer) {
  ::setenv("SAELAW_TRAINER", "/no/such/trainer", 1);
  try {
    RunnerOnThisMachine(folder_.path(), {});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_NE(std::string(error.what()).find("/no/such/trainer"), std::string::npos);
  }
}

}  // namespace
}  // namespace saelaw
