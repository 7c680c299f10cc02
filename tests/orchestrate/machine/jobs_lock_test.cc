#include "orchestrate/machine/jobs_lock.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

TEST(JobsFolder, ReplacesTheEndingsOfDatabasesAndKeepsOtherDots) {
  const std::pair<const char*, const char*> cases[] = {
      {"/a/results.db", "/a/results.runs/jobs"},
      {"/a/results.sqlite", "/a/results.runs/jobs"},
      {"/a/results.sqlite3", "/a/results.runs/jobs"},
      {"/a/results", "/a/results.runs/jobs"},
      {"/a/night.1", "/a/night.1.runs/jobs"},
      {"/a/night.2", "/a/night.2.runs/jobs"},
      {"/a/2026-03-01.lr", "/a/2026-03-01.lr.runs/jobs"},
      {"/a/v1.2.db", "/a/v1.2.runs/jobs"},
      {"/a/results.db.old", "/a/results.db.old.runs/jobs"},
      {"/a.b/results", "/a.b/results.runs/jobs"},
      {"/a/.db", "/a/.db.runs/jobs"},
  };
  for (const auto& [database, folder] : cases) EXPECT_EQ(JobsFolder(database), folder) << database;
}

TEST(JobsLock, RefusesAnotherDatabaseWhileItIsHeld) {
  const TemporaryFolder folder;
  {
    const JobsLock lock(folder.path() / "results.db");
    const JobsLock other(folder.path() / "results.lr");  // a folder of its own
    try {
      JobsLock(folder.path() / "results.sqlite");
      ADD_FAILURE() << "two planners in one folder";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kFailure);
      EXPECT_THAT(error.what(), ::testing::HasSubstr("results.runs is the folder of jobs"));
      EXPECT_THAT(error.what(), ::testing::HasSubstr(", results.db) is running on"));
    }
  }
  const JobsLock later(folder.path() / "results.sqlite");
}

}  // namespace
}  // namespace saelaw
