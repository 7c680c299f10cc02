#include "orchestrate/data/check_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

DataCount Counted(std::int64_t tokens, bool estimated = false) { return {tokens, estimated, {}}; }

TEST(CheckTokens, HasNothingToSayOfEndlessData) {
  EXPECT_EQ(CheckTokens(SmallSweep(), DataCount{}), "");
}

TEST(CheckTokens, RefusesATextThatTheLargestRunWouldRepeat) {
  const Sweep sweep = SmallSweep();  // its hold-out is the largest
  EXPECT_EQ(CheckTokens(sweep, Counted(sweep.target.tokens)), "");
  try {
    CheckTokens(sweep, Counted(sweep.hold_out.tokens - 1));
    ADD_FAILURE() << "data would be repeated";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("small.yaml: the text has 16777215 usable"));
  }
}

TEST(CheckTokens, CountsRunsOfEveryKind) {
  Sweep sweep = SmallSweep();
  sweep.extra_runs.push_back({sweep.hold_out.tokens + 1, 128, 0.002, ""});
  EXPECT_THROW(CheckTokens(sweep, Counted(sweep.hold_out.tokens)), Error);
}

TEST(CheckTokens, WarnsWhereTheTargetNeedsMore) {
  const Sweep sweep = SmallSweep();
  EXPECT_THAT(CheckTokens(sweep, Counted(sweep.target.tokens - 1)),
              HasSubstr("the target run needs"));
}

TEST(CheckTokens, OnlyWarnsOfAnEstimate) {
  const Sweep sweep = SmallSweep();
  EXPECT_THAT(CheckTokens(sweep, Counted(1000, true)), HasSubstr("about 1K usable"));
  EXPECT_EQ(CheckTokens(sweep, Counted(sweep.target.tokens, true)), "");
}

}  // namespace
}  // namespace saelaw
