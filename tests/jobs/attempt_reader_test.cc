#include "jobs/attempt_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "jobs/attempt_folder.h"
#include "jobs/jobs.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AttemptReaderTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  Job job_ = TrainJob({1, 2});
  AttemptReader reader_{folder_.path(), job_, "1_aa"};
};

TEST_F(AttemptReaderTest, SeesTheFolderFirstAndOnce) {
  EXPECT_THAT(reader_.Read(), IsEmpty());
  const AttemptFolder other(folder_.path(), "2_bb");
  EXPECT_THAT(reader_.Read(), IsEmpty());
  const AttemptFolder attempt(folder_.path(), "1_aa");
  attempt.WriteProgress(Progress{});
  const auto news = reader_.Read();
  ASSERT_THAT(news, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<AttemptBegun>(news[0]));
  EXPECT_TRUE(std::holds_alternative<Progress>(news[1]));
  EXPECT_THAT(reader_.Read(), IsEmpty());
}

TEST_F(AttemptReaderTest, GivesOutEachResultOnceAndProgressWhenItChanges) {
  const AttemptFolder attempt(folder_.path(), "1_aa");
  attempt.WriteProgress({"loading", 0, -1, {}});
  attempt.WriteResult(ResultOfSeed(1));
  EXPECT_THAT(reader_.Read(), SizeIs(3));
  attempt.WriteProgress({"loading", 0, -1, {}});
  EXPECT_THAT(reader_.Read(), IsEmpty());
  attempt.WriteProgress({"training", 0, -1, {}});
  attempt.WriteResult(ResultOfSeed(2));
  EXPECT_THAT(reader_.Read(), SizeIs(2));
}

TEST_F(AttemptReaderTest, FindsWeightsBesideTheResult) {
  const AttemptFolder attempt(folder_.path(), "1_aa");
  RunResult result = ResultOfSeed(1);
  result.weights = WeightsFile(result.id);
  attempt.WriteResult(result);
  const auto news = reader_.Read();
  EXPECT_EQ(std::get<FinishedRun>(news.at(1)).weights, attempt.folder() / result.weights);
}

TEST_F(AttemptReaderTest, LeavesOtherJobsResultsAlone) {
  const AttemptFolder attempt(folder_.path(), "1_aa");
  attempt.WriteResult(ResultOfSeed(99));
  EXPECT_THAT(reader_.Read(), SizeIs(1));  // that it has begun
}

TEST_F(AttemptReaderTest, LooksAgainAtWhatCouldNotBeRead) {
  const AttemptFolder attempt(folder_.path(), "1_aa");
  const auto file = attempt.folder() / ResultFile(ResultOfSeed(1).id);
  WriteFile(file, "{");
  EXPECT_THAT(reader_.Read(), SizeIs(1));
  EXPECT_THAT(reader_.Message(), HasSubstr("damaged result"));
  WriteFile(file, ToJson(ResultOfSeed(1)));
  EXPECT_THAT(reader_.Read(), SizeIs(1));
  EXPECT_EQ(reader_.Message(), "");
}

TEST_F(AttemptReaderTest, TheTrainersOwnWordsComeBeforeAProblemOfReading) {
  const AttemptFolder attempt(folder_.path(), "1_aa");
  WriteFile(attempt.folder() / ResultFile(ResultOfSeed(1).id), "{");
  attempt.WriteFailure({78, "no such layer: 99"});
  reader_.Read();
  EXPECT_EQ(reader_.Message(), "no such layer: 99");
}

}  // namespace
}  // namespace saelaw
