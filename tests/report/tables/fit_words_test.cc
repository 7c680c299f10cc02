#include "report/tables/fit_words.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(WarningText, SaysHowFarATargetReaches) {
  const warning::FarBeyond above{Variable::kTokens, 62.5, true, false, 30};
  EXPECT_EQ(WarningText(above), "the target is 62 times the largest fitted run (doubtful from 30)");
  const warning::FarBeyond below{Variable::kLr, 5, false, true, 4};
  EXPECT_EQ(WarningText(below),
            "the target is 5.0 times below the smallest fitted lr (refused from 4)");
  Point at;
  at.tokens = 1e11;
  EXPECT_THAT(WarningText(warning::NoPrediction{at, above}),
              StartsWith("no prediction at 100B tokens without --force: the target is 62 times"));
  EXPECT_EQ(WarningText(warning::PlaceLacks{"size-data", {Variable::kTokens, Variable::kParams}}),
            "no prediction: the size-data law needs tokens and params there");
  EXPECT_THAT(WarningText(warning::EmptyCorner{{{Variable::kTokens, 55}}, 2.14, 1.5}),
              StartsWith("no run is near tokens 55: 2.1 times as far"));
}

TEST(WarningText, NamesTheRunsThatMakeACensoredOptimumFree) {
  const auto text = [](Censoring censoring) {
    return WarningText(warning::CensoredOptimum{6.4e8, censoring, 0.04, 0.16});
  };
  EXPECT_THAT(text(Censoring::kGridHigh), EndsWith("widen: run 0.08 and 0.16"));
  EXPECT_THAT(text(Censoring::kGridLow), EndsWith("widen: run 0.02 and 0.01"));
  EXPECT_THAT(text(Censoring::kCliff), EndsWith("0.16 failed; bisect: run 0.08"));
  EXPECT_THAT(text(Censoring::kNoSurvivor), EndsWith("widen: run below 0.16"));
}

TEST(WarningText, ListsAFewOutliersAndCountsTheOthers) {
  warning::Outliers one{{{{19}, 85.38, 0.8538}}, true};
  EXPECT_EQ(WarningText(one),
            "an outlier: row 19 (loss 85.38, 100 times what the other runs say there); look at "
            "the row: least squares follow it (--estimator huber does not)");
  warning::Outliers four{{{{2}, 1, 4}, {{3}, 1.06, 1}, {{4}, 0.9, 1}, {{5}, 9, 1}}, false};
  const std::string text = WarningText(four);
  EXPECT_THAT(text, StartsWith("outliers: row 2 (loss 1, 1/4 of what"));
  EXPECT_THAT(text, HasSubstr("row 3 (loss 1.06, +6 % from what"));
  EXPECT_THAT(text, EndsWith(" and 1 more; look at the rows"));
}

TEST(WarningText, NamesPopulationsAndCheckpoints) {
  EXPECT_THAT(WarningText(warning::TwoPopulations{{{2}, {4}, {6}, {8}, {10}}, 12, 0.11}),
              HasSubstr("5 of 12 runs lie 11 % above the others all along the sizes (rows 2, 4, 6, "
                        "8, ...)"));
  EXPECT_THAT(WarningText(warning::LabelledPopulations{"arch", "B", "A", 0.12}),
              HasSubstr("runs of 'B' lie 12 % above those of 'A'; fit each by itself (--where "
                        "arch=A)"));
  EXPECT_THAT(WarningText(warning::Checkpoints{0.8, 4}), HasSubstr("the checkpoints of 4 runs"));
}

TEST(WarningText, TellsTheUnitOfCompute) {
  EXPECT_THAT(WarningText(warning::ComputeInUnit{1.33, 1.33, true, ""}),
              StartsWith("compute is 1.33 times 6·params·tokens of the same rows: best tokens"));
  EXPECT_THAT(WarningText(warning::ComputeInUnit{1e-9, 1.2e-9, false, "GFLOP"}),
              HasSubstr("1e-09 to 1.2e-09 times 6·params·tokens of the same rows, so it is taken "
                        "to count GFLOP"));
  EXPECT_THAT(WarningText(warning::ComputeOddRow{{5}, 0.001}), StartsWith("compute of row 5"));
}

TEST(WarningText, SaysWhichIntervalsStandIn) {
  using warning::SandwichInstead;
  EXPECT_THAT(WarningText(SandwichInstead{SandwichInstead::Why::kManyPoints, 20'000}),
              StartsWith("more than 20,000 points"));
  EXPECT_THAT(WarningText(SandwichInstead{SandwichInstead::Why::kManyStreams, 500}),
              StartsWith("more than 500 streams"));
}

TEST(WarningText, ComparesWithAnotherLawWhereBothForetold) {
  warning::BetterLaw better{"data", "power", 12.34};
  EXPECT_EQ(WarningText(better),
            "the data law holds up clearly better than power: its AICc is 12.3 lower; intervals "
            "beyond the data reach to it (saelaw compare shows all laws)");
  better.error = 0.01;
  better.asked_error = 0.03;
  EXPECT_THAT(WarningText(better), HasSubstr("one scale ahead it errs by 1 % against 3 %"));
}

TEST(WarningTexts, KeepTheirOrder) {
  EXPECT_THAT(WarningTexts({warning::OnBound{"floor", 0}, warning::OpenInterval{"coef", true}}),
              ElementsAre("floor is on its bound (0)", "the points set no upper limit to coef"));
}

TEST(ChangeText, NamesARunWhereItHasAName) {
  change::WithoutRun left_out;
  left_out.row = 3;
  left_out.tokens = 65'536;
  left_out.moves = 0.012;
  EXPECT_EQ(ChangeText(left_out),
            "without the run at 65.5K tokens (row 3) the prediction moves by +1.2 %");
  left_out.run = "0c766a14b9ec6815";
  left_out.whole_scale = left_out.of_compute = true;
  EXPECT_EQ(ChangeText(left_out),
            "without the runs at a compute of 6.55e+04 (run 0c766a14b9ec6815) the prediction moves "
            "by +1.2 %");
}

}  // namespace
}  // namespace saelaw
