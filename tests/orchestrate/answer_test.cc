#include "orchestrate/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "orchestrate/fakes.h"
#include "orchestrate/loop/study_loop.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

class AnswerTest : public WorkplaceTest {
 protected:
  Answer Ask() { return AnswerArms(sweep_, database_.string(), false, cache_, {}).front(); }

  Sweep sweep_ = SmallSweep();
};

TEST_F(AnswerTest, IsNoneWithoutAFinishedRun) {
  try {
    Ask();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("train it with: saelaw run small.yaml --db"));
  }
}

TEST_F(AnswerTest, SaysThatTheStudyIsNotFinished) {
  sweep_.budget.runs = 4;
  ASSERT_EQ(RunStudy(work_, sweep_, ""), ExitCode::kIncomplete);
  EXPECT_NE(FindWarning<warning::RunsLeft>(Ask().findings.warnings), nullptr);
}

TEST_F(AnswerTest, OfACompleteStudyIsWrittenAsAConfiguration) {
  ASSERT_EQ(RunStudy(work_, sweep_, ""), ExitCode::kComplete);
  const Answer answer = Ask();
  EXPECT_EQ(answer.findings.runs.size(), 5U);
  EXPECT_EQ(FindWarning<warning::RunsLeft>(answer.findings.warnings), nullptr);
  const auto folder = AnswerFolder((folder_.path() / "out").string(), sweep_.name);
  const std::string path = WriteConfiguration(answer, folder, "2026-01-02");
  if (answer.recommendation.refused) {
    EXPECT_EQ(path, "");
  } else {
    EXPECT_THAT(ReadFile(path), HasSubstr("tokens: 67108864"));
    // The forecast is frozen, and stays what it was when it is asked for again.
    const RunId run = ComputeId(answer.recommendation.run);
    EXPECT_EQ(ForecastPath(path).filename(), "recommended.forecast.json");
    WriteConfiguration(answer, folder, "2026-01-03");
    const auto forecast = FindForecast(path, ReadFile(path), run);
    ASSERT_TRUE(forecast);
    EXPECT_EQ(forecast->made_at, "2026-01-02");
    EXPECT_FALSE(FindForecast(path, ReadFile(path) + "# edited", run));
  }
}

TEST_F(AnswerTest, SaysWhichFinishedRunsAreOfOtherData) {
  ASSERT_EQ(RunStudy(work_, sweep_, ""), ExitCode::kComplete);
  sweep_.source.synthetic.dictionary_seed = 7;
  try {
    Ask();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("5 finished runs of this sweep are there"));
  }
}

}  // namespace
}  // namespace saelaw
