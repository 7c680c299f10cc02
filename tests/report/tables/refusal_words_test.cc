#include "report/tables/refusal_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::StartsWith;

TEST(RefusalText, SaysInNumbersWhatIsMissing) {
  EXPECT_EQ(RefusalText(refusal::FewValues{"size-data", Variable::kParams, 3, 2}),
            "the size-data law needs at least 3 distinct values of params, got 2");
  EXPECT_EQ(
      RefusalText(refusal::NoColumn{"size-l0", Variable::kL0}),
      "no row has l0, which the size-l0 law reads: say which column holds it (--columns l0=NAME)");
  EXPECT_THAT(RefusalText(refusal::DoesNotFall{"data", Variable::kTokens, 0.035}),
              StartsWith("the loss does not fall with tokens: it changes by +3.5 % per doubling"));
  EXPECT_THAT(RefusalText(refusal::Mixed{Variable::kBatch, 2}),
              StartsWith("the points have 2 values of batch, which the lr surface does not know"));
  EXPECT_EQ(RefusalText(refusal::NoOptimum{"data", true}),
            "the best losses do not fall as the data law wants");
  EXPECT_EQ(RefusalText(refusal::NoOptimum{"data", false}),
            "the loss does not fall as the data law wants");
}

TEST(RefusalText, CountsDroppedRowsOnce) {
  LawFit fit;
  fit.info = &DataLaw();
  EXPECT_EQ(RefusalText(fit), "");
  fit.refusal = refusal::EqualLosses{0.5};
  fit.n_points = 3;
  fit.dropped = {{2, "loss is nan"}};
  EXPECT_EQ(RefusalText(fit), "all losses are equal (0.5)");
  fit.rows = 4;
  EXPECT_EQ(RefusalText(fit), "all losses are equal (0.5) (1 of 4 rows dropped)");
  fit.n_points = 1;
  fit.refusal = refusal::FewPoints{1, 3};
  EXPECT_EQ(RefusalText(fit), "a law needs at least 2 usable points, got 1 (3 dropped)");
}

TEST(RefusalText, OfAComparisonNamesTheNearestLaw) {
  Comparison comparison;
  EXPECT_EQ(RefusalText(comparison), "no law of loss is of the columns that the table has");
  comparison.laws.resize(2);
  comparison.laws[0].law = &DataLaw();
  comparison.laws[0].unknown = Variable::kParams;
  comparison.laws[1].law = &SizeDataLaw();
  comparison.laws[1].fit.refusal = refusal::EqualLosses{1};
  EXPECT_EQ(RefusalText(comparison),
            "the points carry no law of loss (size-data: all losses are equal (1))");
  EXPECT_EQ(WhyNotFitted(comparison.laws[0]), "params varies, which it does not know");
  comparison.carried = true;
  EXPECT_EQ(RefusalText(comparison), "");
}

TEST(AssumptionText, NamesStreamsAndShapes) {
  EXPECT_EQ(AssumptionText({}), "");
  EXPECT_EQ(AssumptionText(assumption::Streams{3}),
            "points of one stream are correlated (3 streams); a new run has its own");
  EXPECT_EQ(
      AssumptionText(assumption::OneShape{{{"skewed", true, 0.84}, {"parabola", false, 0.1}}}),
      "one shape for all valleys (skewed of the loss 84 %, parabola 10 %)");
}

TEST(SourceText, CountsTheScalesOfOnesOwn) {
  EXPECT_EQ(SourceText({}), "");
  EXPECT_EQ(SourceText({true, 0.1, 0.1, 0}), "pools of published points");
  EXPECT_EQ(SourceText({true, 0.1, 0.1, 1}),
            "1 held-out scale of these points and pools of published ones");
}

}  // namespace
}  // namespace saelaw
