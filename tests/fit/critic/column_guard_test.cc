#include "fit/critic/column_guard.h"

#include <gtest/gtest.h>

#include "fit/case_testing.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::AnswerOf;
using testing::At;
using testing::ErrorOf;
using testing::Says;

// A table of four rows under its header, guarded for the law.
CsvPoints Guarded(const std::string& text, const char* law, const ColumnChoice& choice = {}) {
  CsvPoints table = ParseCsvPoints(text, "a.csv", std::string_view(), {});
  GuardColumns(*RequireLaw(law).info, choice, table);
  return table;
}

// Source: tests/fit/data/cases/README.md. Four rates at each size passed for replicates, with a
// floor of 0 and an exponent of .17 where .30 is true.
TEST(GuardColumns, RefusesARateThatTheLawDoesNotKnow) {
  const std::string said = ErrorOf([] { AnswerOf({"lr_vary"}); });
  EXPECT_TRUE(Says(said, "lr_vary.csv:1:8: column 'lr' varies (4 values, 0.00025 to 0.002)"))
      << said;
  EXPECT_TRUE(Says(said, "--where lr=0.001") && Says(said, "--best lr")) << said;
  EXPECT_TRUE(Says(said, "lr-surface") && Says(said, "--ignore lr")) << said;
}

TEST(GuardColumns, RefusesASizeThatTheLawDoesNotKnow) {
  const std::string said = ErrorOf([] { AnswerOf({"params_vary"}); });
  EXPECT_TRUE(Says(said, "column 'params' varies (3 values, 1000 to 16000)")) << said;
  EXPECT_TRUE(AnswerOf({"params_vary", "size-data"}).ok());
}

// The valley's bottom lies within its rates: the best of each size are the truth's .3 and .5, with
// the noise of six runs.
TEST(GuardColumns, TakesTheBestRateOfEachSize) {
  testing::TableQuestion best{"lr_vary"};
  best.choice.best = "lr";
  const LawAnswer answer = AnswerOf(best);
  EXPECT_EQ(answer.law.n_points, 6);
  EXPECT_NEAR(answer.law.Get("exponent"), 0.3, 0.05);
  EXPECT_EQ(answer.law.dropped.size(), 18u);
  const auto* at_end = testing::FindIn<warning::BestAtEnd>(answer);
  ASSERT_NE(at_end, nullptr);
  EXPECT_EQ(at_end->column, "lr");
  EXPECT_EQ(at_end->at_end, 1u);
  EXPECT_EQ(at_end->settings, 6u);
}

TEST(GuardColumns, TakesOneRateByACondition) {
  testing::TableQuestion one{"lr_vary"};
  one.where = {"lr=1e-3"};
  const LawAnswer answer = AnswerOf(one);
  EXPECT_EQ(answer.law.n_points, 6);
  EXPECT_EQ(answer.law.dropped.front().reason, "left out by --where lr=1e-3");
}

TEST(GuardColumns, PassesOverAColumnWhenToldTo) {
  testing::TableQuestion ignoring{"lr_vary"};
  ignoring.choice.ignore = {"lr"};
  EXPECT_EQ(AnswerOf(ignoring).law.n_points, 24);
}

// Named like a variable, and mapped by nobody.
TEST(GuardColumns, SeesColumnsThatNobodyMapped) {
  const auto guard = [](const std::string& name, const char* law, const char* columns) {
    const std::string text = "D," + name + ",lr,L\n1e6,512,1e-3,2\n1e6,1024,1e-3,2.1\n";
    return ErrorOf([&] {
      CsvPoints table = ParseCsvPoints(text, "a.csv", std::string_view(columns), {});
      GuardColumns(*RequireLaw(law).info, {}, table);
    });
  };
  for (const char* name : {"batch_size", "Batch Size", "n_params", "d_sae", "learning-rate"}) {
    const std::string said = guard(name, "data", "tokens=D,loss=L");
    EXPECT_TRUE(Says(said, std::string("a.csv:1:3: column '") + name + "' varies")) << said;
  }
  EXPECT_EQ(guard("note", "data", "tokens=D,loss=L"), "no error");
  // The law of the rate knows the batch, but was not given it.
  const std::string said = guard("bs", "lr", "tokens=D,loss=L,lr=lr");
  EXPECT_TRUE(Says(said, "is not given it") && Says(said, "batch=bs in --columns")) << said;
}

TEST(GuardColumns, LeavesColumnsInPeaceThatFollowTheLaw) {
  // One value, and failed runs do not count.
  EXPECT_TRUE(Guarded("tokens,lr,loss\n1e6,1,3\n2e6,1,2\n4e6,2,nan\n", "data").warnings.empty());
  // A rate for each size that falls with it: a recipe, and the law is one of that recipe.
  const CsvPoints recipe = Guarded("tokens,lr,loss\n1e6,4,3\n2e6,2,2\n4e6,1,1.5\n", "data");
  ASSERT_EQ(recipe.warnings.size(), 1u);
  EXPECT_NE(FindWarning<warning::PathColumn>(recipe.warnings), nullptr);
  // Compute is 6·params·tokens and says nothing more.
  EXPECT_TRUE(Guarded("tokens,params,compute,loss\n1e6,1e3,7e9,3\n2e6,4e3,5e10,2\n1e6,4e3,3e10,2\n",
                      "size-data")
                  .warnings.empty());
}

// At unique sizes nothing repeats, and a rate that jumps about still bends the law.
TEST(GuardColumns, RefusesWhatJumpsAboutBetweenSizes) {
  const std::string said =
      ErrorOf([] { Guarded("tokens,lr,loss\n1e6,4,3\n2e6,1,2\n4e6,2,1.5\n8e6,1,1.4\n", "data"); });
  EXPECT_TRUE(Says(said, "column 'lr' varies")) << said;
}

TEST(GuardColumns, RefusesAChoiceThatNamesNothing) {
  const char* text = "tokens,lr,loss\n1e6,4,3\n1e6,1,2\n";
  EXPECT_TRUE(Says(ErrorOf([&] { Guarded(text, "data", {{"rate"}, ""}); }), "these are: lr"));
  EXPECT_TRUE(Says(ErrorOf([&] { Guarded(text, "lr", {{}, "lr"}); }), "it has none at all"));
}

}  // namespace
}  // namespace saelaw
