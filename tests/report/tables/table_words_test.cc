#include "report/tables/table_words.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(TableWords, NameTheColumnAndTheOptionThatMendsIt) {
  EXPECT_EQ(Text(warning::UnreadStatus{"State", 2}),
            "column 'State' says of 2 rows that they are no finished runs, and they are taken as "
            "if they were; status=State in --columns reads it");
  EXPECT_THAT(
      Text(warning::PathColumn{"lr", 0.001, 0.004, "data"}),
      StartsWith("column 'lr' (0.001 to 0.004) changes along with what the data law knows"));
  EXPECT_THAT(Text(warning::BestAtEnd{"lr", 1, 6}), StartsWith("at 1 of 6 settings the best lr"));
  EXPECT_THAT(Text(warning::WithoutLoss{3}), StartsWith("finished runs without a loss are taken"));
}

TEST(TableWords, SayWhatAnOptionIsNotReadBy) {
  EXPECT_THAT(Text(warning::UnreadOption{"--floor", "lr", false}), EndsWith("to the lr law"));
  EXPECT_THAT(Text(warning::UnreadOption{"--floor", "compute", true}), EndsWith("the valleys"));
}

TEST(TableWords, SayHowManyResultsAreOfAnotherVersion) {
  EXPECT_EQ(Text(warning::OtherVersions{1}),
            "1 run of another numeric version of saelaw, whose losses do not compare: left out");
}

TEST(RowsText, NamesRunsWhereAllHaveNames) {
  EXPECT_EQ(RowText({3}), "row 3");
  EXPECT_EQ(RowText({3, "0c766a14b9ec6815"}), "run 0c766a14b9ec6815");
  std::vector<TableRow> rows = {{3, "aa"}, {4}};
  EXPECT_EQ(RowsText(rows), "rows 3, 4");
  rows[1].run = "bb";
  EXPECT_EQ(RowsText(rows), "runs aa, bb");
}

TEST(TableWords, GiveOneRatioWhereAllAgree) {
  EXPECT_THAT(Text(warning::ComputeUnfixed{0.5, 3}), ::testing::HasSubstr("(0.5 to 3 times"));
  EXPECT_THAT(Text(warning::ComputeInUnit{2, 2, true, ""}), StartsWith("compute is 2 times"));
}

}  // namespace
}  // namespace saelaw
