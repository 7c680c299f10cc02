#include "orchestrate/machine/cache.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

TEST(CacheRoot, IsNamedByTheEnvironmentElseInTheHome) {
  ::setenv("SAELAW_CACHE", "/own", 1);
  EXPECT_EQ(CacheRoot(), "/own");
  ::unsetenv("SAELAW_CACHE");
  ::setenv("XDG_CACHE_HOME", "/everyones", 1);
  EXPECT_EQ(CacheRoot(), "/everyones/saelaw");
  ::unsetenv("XDG_CACHE_HOME");
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(CacheRoot(), "/home/me/.cache/saelaw");
}

TEST(Cache, IsEmptyWhereItCannotBeMadeAndSaysSoOnce) {
  FakeWatcher watcher;
  Cache cache(watcher, "/proc/none");
  EXPECT_EQ(cache.Folder(), "");
  EXPECT_EQ(cache.Folder(), "");
  ASSERT_EQ(watcher.lines.size(), 1U);
  EXPECT_THAT(watcher.lines[0], ::testing::StartsWith("warning: cannot make /proc/none/corpora ("));
}

TEST(Cache, HasAFolderForJobsOfLanguageModelsAlone) {
  const TemporaryFolder folder;
  FakeWatcher watcher;
  Cache cache(watcher, folder.path());
  SourceSpec source;
  source.kind = SourceKind::kSynthetic;
  EXPECT_EQ(cache.FolderFor(source), "");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "corpora"));
  source.kind = SourceKind::kModel;
  EXPECT_EQ(cache.FolderFor(source), (folder.path() / "corpora").string());
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "corpora"));
  EXPECT_TRUE(watcher.lines.empty());
}

}  // namespace
}  // namespace saelaw
