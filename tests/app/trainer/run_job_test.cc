// How a job that fails ends: a code, a line on stderr, and the same in the attempt's folder.
#include "app/trainer/run_job.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "jobs/attempt_folder.h"
#include "jobs/job.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

class RunJobTest : public ::testing::Test {
 protected:
  // The line on stderr.
  std::string Run(const Job& job, ExitCode expected) { return RunText(ToJson(job), expected); }
  std::string RunText(const std::string& text, ExitCode expected) {
    const auto file = folder_.Write("job.json", text);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(RunJobFile(file, "1_aa"), expected);
    return ::testing::internal::GetCapturedStderr();
  }
  // error.json of the one attempt; empty where there is none.
  std::string Left() const {
    const auto attempts = AttemptFoldersIn(folder_.path());
    if (attempts.empty() || !std::filesystem::exists(attempts.front() / kFailureFile)) return "";
    return ReadFile(attempts.front() / kFailureFile);
  }
  TemporaryFolder folder_;
};

TEST_F(RunJobTest, LeavesWhyAJobCannotBeDone) {
  const std::string said = Run({}, ExitCode::kConfiguration);
  EXPECT_EQ(said, "saelaw-trainer: a train job needs at least one run\n");
  EXPECT_THAT(Left(), HasSubstr("a train job needs at least one run"));
  EXPECT_THAT(Left(), HasSubstr("78"));
}

// There is no folder yet to leave it in.
TEST_F(RunJobTest, SaysThatAJobFileIsDamaged) {
  EXPECT_THAT(RunText("{", ExitCode::kIo), HasSubstr("saelaw-trainer: "));
  EXPECT_EQ(Left(), "");
}

// Its job is another attempt's by now.
TEST_F(RunJobTest, LeavesNothingOnceItWasReplaced) {
  folder_.Write(std::string(kCurrentFile), "2_bb");
  EXPECT_NE(Run({}, ExitCode::kConfiguration), "");
  EXPECT_EQ(Left(), "");
}

TEST(CheckDeviceNamed, RefusesWhatIsNoDevice) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(CheckDeviceNamed("cpu"), ExitCode::kComplete);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(CheckDeviceNamed("abacus"), ExitCode::kConfiguration);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("abacus"));
}

}  // namespace
}  // namespace saelaw
