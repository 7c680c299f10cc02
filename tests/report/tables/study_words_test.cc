#include "report/tables/study_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(StudyWords, SayWhyALawIsOfOneSize) {
  using Why = warning::OneSizeLaw::Why;
  warning::OneSizeLaw one;
  one.sizes = {256, 512};
  one.d_sae = 256;
  one.fewest = 3;
  EXPECT_EQ(WarningText(StudyWarning(one)),
            "d_sae 256, 512 were trained, and a law of size needs at least 3 sizes; the law of "
            "loss is that of d_sae 256 alone and says nothing of another size");
  one.why = Why::kAskedKnowsNone;
  one.asked = "power";
  one.best_rates = true;
  EXPECT_THAT(WarningText(StudyWarning(one)),
              StartsWith("at the best rates, d_sae 256, 512 were trained, and study.loss_law.law "
                         "is power, which knows no size"));
}

TEST(StudyWords, CountRunsThatAreLeft) {
  EXPECT_EQ(WarningText(StudyWarning(warning::RunsLeft{1, 0})),
            "the study is not finished: 1 run of the next round is left");
  EXPECT_THAT(WarningText(StudyWarning(warning::RunsLeft{4, 2})),
              HasSubstr("4 runs of the next round are left, and the budget leaves out 2 more"));
}

TEST(StudyWords, SayWhatWithholdsTheAdvice) {
  EXPECT_THAT(WarningText(AdviceWarning(warning::Withheld{true, withheld::ShortRuns{true}})),
              StartsWith("no advice without --force: every run that carries the advised learning "
                         "rate is short"));
  const warning::FarBeyond reach{Variable::kTokens, 2000, true, true, 1000};
  EXPECT_EQ(WarningText(AdviceWarning(warning::Withheld{false, withheld::TooFar{true, reach}})),
            "doubtful: the advised learning rate: the target is 2000 times the largest fitted run "
            "(refused from 1000)");
}

TEST(StudyWords, TellOfFailuresWhatToChangeOnce) {
  const NoneSurvived failures = {{Outcome::kDiverged, 2, "", "lower the rate"},
                                 {Outcome::kCollapsed, 1, "all dead", "lower the rate"}};
  EXPECT_EQ(NoneSurvivedText(failures),
            "no run survived: 2 diverged; 1 collapsed (all dead). Try lower the rate");
}

TEST(StudyWords, SayWhatWouldChangeTheAdvice) {
  EXPECT_THAT(ChangeTexts({WouldChange(change::Floor{0.4, 0.5}), change::RateEnd{0.012}}),
              ElementsAre("without a floor the law says 0.4 at the target, with one 0.5",
                          "a learning rate at the end of its interval costs 1.2 % of the loss"));
}

}  // namespace
}  // namespace saelaw
