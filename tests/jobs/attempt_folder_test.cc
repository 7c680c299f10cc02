#include "jobs/attempt_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "jobs/jobs.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AttemptFolder, IsAnotherEachTimeAndNamesItsAttempt) {
  const TemporaryFolder job;
  EXPECT_THAT(AttemptFoldersIn(job.path()), IsEmpty());
  const AttemptFolder first(job.path(), "1_aa"), second(job.path(), "1_aa");
  EXPECT_NE(first.folder(), second.folder());
  EXPECT_EQ(first.folder().parent_path(), job.path() / "attempts");
  EXPECT_EQ(AttemptIdIn(first.folder()), "1_aa");
  EXPECT_EQ(AttemptFoldersIn(job.path()).size(), 2U);
}

TEST(AttemptFolder, CannotBeMadeWhereThereIsAFile) {
  const TemporaryFolder job;
  job.Write("attempts", "a file");
  try {
    AttemptFolder(job.path(), "1_aa");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
  }
}

TEST(AttemptFolder, CountsUntilAnotherAttemptIsNamed) {
  const TemporaryFolder job;
  const AttemptFolder attempt(job.path(), "mine");
  EXPECT_TRUE(attempt.IsCurrent());  // a job that is run by hand names nobody
  WriteFile(job.path() / kCurrentFile, "mine\n");
  EXPECT_TRUE(attempt.IsCurrent());
  WriteFile(job.path() / kCurrentFile, "other\n");
  EXPECT_FALSE(attempt.IsCurrent());
}

TEST(AttemptFolder, HoldsWhatIsWrittenUnderItsName) {
  const TemporaryFolder job;
  const AttemptFolder attempt(job.path(), "1_aa");
  attempt.WriteProgress({"loading", 0, -1, {}});
  attempt.WriteResult(ResultOfSeed(1));
  attempt.WriteMeasurement(Measurement{});
  attempt.WriteFailure({78, "no such layer"});
  EXPECT_THAT(NamesIn(attempt.folder()),
              ElementsAre("error.json",
                          "measurement.json",
                          "progress.json",
                          "result-" + ResultOfSeed(1).id + ".json"));
}

}  // namespace
}  // namespace saelaw
