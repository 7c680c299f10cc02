#include "report/tables/arms_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up_arms.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

std::string Sentence(const ArmsComparison& comparison) {
  return DifferenceSentence(comparison, comparison.differences.front());
}

TEST(DifferenceSentence, NamesTheBetterRecipeWithTheInterval) {
  EXPECT_EQ(
      Sentence(MadeUpArms()),
      "At L0 32 and 1M tokens held@32 has the lower FVU than plain@32, by 10 % (95 % interval "
      "5 % to 15 %).");
}

TEST(DifferenceSentence, TurnsRoundWithTheSign) {
  ArmsComparison comparison = MadeUpArms();
  ArmDifference& one = comparison.differences.front();
  one.log_ratio = {-one.log_ratio.value, {-one.log_ratio.interval.hi, -one.log_ratio.interval.lo}};
  EXPECT_THAT(Sentence(comparison), HasSubstr("plain@32 has the lower FVU than held@32, by 10 %"));
}

TEST(DifferenceSentence, SaysWhatDecidesNothing) {
  ArmsComparison comparison = MadeUpArms();
  ArmDifference& one = comparison.differences.front();
  one.log_ratio.interval.lo = -0.05;
  EXPECT_THAT(Sentence(comparison), HasSubstr("nothing tells plain@32 from held@32"));
  EXPECT_THAT(Sentence(comparison), HasSubstr("15 % lower to 5.1 % higher"));
  one.log_ratio = {};
  EXPECT_THAT(Sentence(comparison), HasSubstr("too few pairs"));
  one.l0_apart = 0.2;
  EXPECT_THAT(Sentence(comparison), HasSubstr("differ in L0 by up to 22 %"));
  one.sizes.clear();
  EXPECT_THAT(Sentence(comparison), HasSubstr("no pair of runs yet"));
}

}  // namespace
}  // namespace saelaw
