// A shell script stands for the trainer.
#include "orchestrate/machine/check_device.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_folder.h"

namespace saelaw {
namespace {

class MissingDeviceTest : public ::testing::Test {
 protected:
  ~MissingDeviceTest() override { ::unsetenv("SAELAW_TRAINER"); }
  // In a folder whose name a shell would take apart.
  void TrainerSays(const std::string& script) const {
    const auto folder = folder_.path() / "it's $HOME";
    std::filesystem::create_directory(folder);
    const auto trainer = folder_.Write("it's $HOME/trainer", "#!/bin/sh\n" + script);
    ::chmod(trainer.c_str(), 0755);
    ::setenv("SAELAW_TRAINER", trainer.c_str(), 1);
  }
  static std::string MissingOf(std::vector<std::string> devices) {
    Execution execution;
    execution.devices = std::move(devices);
    return MissingDevice(execution);
  }
  TemporaryFolder folder_;
};

// Libraries print warnings of their own before it.
TEST_F(MissingDeviceTest, IsWhatTheTrainerSaysLast) {
  TrainerSays(
      "echo a warning >&2\necho another >&2\necho \"saelaw-trainer: no $2\" >&2\nexit 78\n");
  EXPECT_EQ(MissingOf({"cuda:7"}), "no cuda:7");
}

TEST_F(MissingDeviceTest, IsTheFirstOfSeveralThatIsNotThere) {
  TrainerSays("[ $2 = cuda:0 ] && exit 0\necho \"saelaw-trainer: no $2\"\nexit 78\n");
  EXPECT_EQ(MissingOf({"cuda:0", "cuda:1", "cuda:2"}), "no cuda:1");
  EXPECT_EQ(MissingOf({"cuda:0"}), "");
}

// A trainer that crashes or is not there proves nothing of the device.
TEST_F(MissingDeviceTest, IsNotConcludedFromATrainerThatFails) {
  TrainerSays("echo broken\nexit 1\n");
  EXPECT_EQ(MissingOf({"cuda"}), "");
  TrainerSays("kill -SEGV $$\n");
  EXPECT_EQ(MissingOf({"cuda"}), "");
  ::setenv("SAELAW_TRAINER", "/no/such/trainer", 1);
  EXPECT_EQ(MissingOf({"cuda"}), "");
}

TEST_F(MissingDeviceTest, IsAskedOfGpusAlone) {
  TrainerSays("echo asked\nexit 78\n");
  EXPECT_EQ(MissingOf({"cpu"}), "");
}

}  // namespace
}  // namespace saelaw
