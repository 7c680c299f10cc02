#include "app/cli/local_workplace.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/errors.h"
#include "orchestrate/fakes.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

class LocalWorkplaceTest : public ::testing::Test {
 protected:
  std::string Refusal(const std::string& database) {
    try {
      const LocalWorkplace second(database, cache_, watcher_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kFailure);
      return error.what();
    }
    return "nothing was thrown";
  }
  TemporaryFolder folder_;
  std::string database_ = (folder_.path() / "r.db").string();
  FakeWatcher watcher_;
  Cache cache_{watcher_};
};

TEST_F(LocalWorkplaceTest, IsOneAtATime) {
  {
    const LocalWorkplace place(database_, cache_, watcher_);
    EXPECT_EQ(Store::FindPlanner(database_), ::getpid());
    EXPECT_THAT(Refusal(database_), HasSubstr("another saelaw (pid"));
  }
  LocalWorkplace again(database_, cache_, watcher_);
  EXPECT_EQ(again.work().jobs_folder, folder_.path() / "r.runs" / "jobs");
}

// Databases of the same name share a folder of jobs, whose ids they would mix.
TEST_F(LocalWorkplaceTest, HasItsFolderOfJobsForItself) {
  const LocalWorkplace place(database_, cache_, watcher_);
  const std::string other = (folder_.path() / "r.sqlite").string();
  EXPECT_THAT(Refusal(other), HasSubstr("r.db"));
}

// The trainer is looked for when jobs are carried out: a study that is complete needs none.
TEST_F(LocalWorkplaceTest, NeedsATrainerOnlyForJobs) {
  ::setenv("SAELAW_TRAINER", "/no/such/trainer", 1);
  LocalWorkplace place(database_, cache_, watcher_);
  EXPECT_THROW(place.work().runner({}), Error);
  ::unsetenv("SAELAW_TRAINER");
}

}  // namespace
}  // namespace saelaw
