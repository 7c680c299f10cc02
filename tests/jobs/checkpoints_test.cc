#include "jobs/checkpoints.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/attempt_folder.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Names = std::set<std::string>;

TEST(CheckpointTokens, ReadsOnlyNamesOfCheckpoints) {
  EXPECT_EQ(CheckpointTokens(CheckpointFile(1 << 20)), 1 << 20);
  EXPECT_EQ(CheckpointTokens(CheckpointFile(0)), 0);
  for (const char* other : {"checkpoint-.safetensors",
                            "checkpoint-12.safetensors.77.tmp",
                            "checkpoint-x12.safetensors",
                            "checkpoint-99999999999999999999.safetensors",
                            "checkpoint-12",
                            "sae-12.safetensors"}) {
    EXPECT_EQ(CheckpointTokens(other), -1) << other;
  }
}

class CheckpointsTest : public ::testing::Test {
 protected:
  void Write(const std::string& attempt, const std::string& name) const {
    fs::create_directories(Attempt(attempt));
    folder_.Write(fs::path(kAttemptsFolder) / attempt / name, "x");
  }
  void Write(const std::string& attempt, std::int64_t tokens) const {
    Write(attempt, CheckpointFile(tokens));
  }
  fs::path Attempt(const std::string& attempt) const {
    return folder_.path() / kAttemptsFolder / attempt;
  }
  // attempt/name of all files there.
  Names Left() const {
    Names left;
    for (const fs::path& attempt : AttemptFoldersIn(folder_.path())) {
      for (const std::string& name : NamesIn(attempt))
        left.insert(attempt.filename().string() + "/" + name);
    }
    return left;
  }

  TemporaryFolder folder_;
};

TEST_F(CheckpointsTest, AreListedFurthestOnFirst) {
  EXPECT_THAT(CheckpointsOfJob(folder_.path()), IsEmpty());
  Write("1_aa-n", 9);
  Write("1_aa-n", 100);  // later, though not by its letters
  Write("2_bb-n", 10);
  Write("2_bb-n", "result-x.json");
  EXPECT_THAT(CheckpointsOfJob(folder_.path()),
              ElementsAre(Attempt("1_aa-n") / CheckpointFile(100),
                          Attempt("2_bb-n") / CheckpointFile(10),
                          Attempt("1_aa-n") / CheckpointFile(9)));
}

TEST_F(CheckpointsTest, AnAttemptRemovesItsOwnAlone) {
  for (const std::int64_t tokens : {10, 20, 30}) Write("1_aa-n", tokens);
  Write("2_bb-n", 5);
  KeepNewestOfAttempt(Attempt("1_aa-n"), 2);
  EXPECT_EQ(Left(),
            (Names{"1_aa-n/checkpoint-20.safetensors",
                   "1_aa-n/checkpoint-30.safetensors",
                   "2_bb-n/checkpoint-5.safetensors"}));
}

TEST_F(CheckpointsTest, EarlierOnesStayUntilAnAttemptHasTwoOfItsOwn) {
  Write("1_aa-n", 10);
  Write("2_bb-n", 20);
  RemoveEarlierCheckpoints(folder_.path(), "2_bb");
  EXPECT_EQ(Left().size(), 2U);
  Write("2_bb-m", 30);  // the same attempt, started twice
  RemoveEarlierCheckpoints(folder_.path(), "2_bb");
  EXPECT_EQ(Left(),
            (Names{"2_bb-n/checkpoint-20.safetensors", "2_bb-m/checkpoint-30.safetensors"}));
}

TEST_F(CheckpointsTest, BetweenAttemptsTheLastOfAllAreKeptAndWhatWasBegunGoes) {
  Write("1_aa-n", 10);
  Write("1_aa-n", 30);
  Write("2_bb-n", 20);
  Write("2_bb-n", "checkpoint-40.safetensors.123.tmp");
  Write("2_bb-n", "result-x.json");
  KeepNewestOfJob(folder_.path(), 2);
  EXPECT_EQ(Left(),
            (Names{"1_aa-n/checkpoint-30.safetensors",
                   "2_bb-n/checkpoint-20.safetensors",
                   "2_bb-n/result-x.json"}));
  KeepNewestOfJob(folder_.path(), 0);
  EXPECT_EQ(Left(), Names{"2_bb-n/result-x.json"});
}

}  // namespace
}  // namespace saelaw
