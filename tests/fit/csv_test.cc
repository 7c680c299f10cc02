#include "fit/csv.h"

#include <chrono>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/errors.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

// The message of the Error that reading `text` gives; empty when it is read.
std::string Fault(std::string_view text, const std::string& columns = "") {
  try {
    ParseCsvPoints(text, "a.csv", ParseCsvColumns(columns));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CsvPoints, ReadsTheColumnsNamed) {
  const CsvPoints read =
      ParseCsvPoints("D,N,lr,L,S\r\n1e6,2,3e-4,0.5,7\r\n\r\n2e6,4,+1e-4, 0.25 ,8\n",
                     "a.csv",
                     ParseCsvColumns("tokens=D,params=N,lr=lr,loss=L,seed=S"));
  ASSERT_EQ(read.points.size(), 2u);
  EXPECT_EQ(read.points[0].tokens, 1e6);
  EXPECT_EQ(read.points[0].params, 2);
  EXPECT_EQ(read.points[0].lr, 3e-4);
  EXPECT_EQ(read.points[1].loss, 0.25);
  EXPECT_EQ(read.points[1].lr, 1e-4);
  EXPECT_EQ(read.points[1].seed, 8);
  EXPECT_EQ(read.points[1].row, 4);
}

TEST(CsvPoints, TakesColumnsByTheirOwnNames) {
  const CsvPoints read = ParseCsvPoints("tokens;loss;note\n\"5\";0.5;x\n", "a.csv", {});
  ASSERT_EQ(read.points.size(), 1u);
  EXPECT_EQ(read.points[0].tokens, 5);
  EXPECT_TRUE(std::isnan(read.points[0].lr));
}

TEST(CsvPoints, SortsByStatus) {
  const CsvPoints read = ParseCsvPoints(
      "tokens,loss,status\n1,0.5,done\n2,,completed\n3,0.9,collapsed\n4,nan,diverged\n5,1,"
      "stopped\n",
      "a.csv",
      {});
  ASSERT_EQ(read.points.size(), 2u);
  EXPECT_TRUE(std::isnan(read.points[1].loss));
  ASSERT_EQ(read.failed.size(), 2u);
  EXPECT_EQ(read.failed[0].failure, Failure::kCollapsed);
  EXPECT_EQ(Name(read.failed[1].failure), "diverged");
  ASSERT_EQ(read.dropped.size(), 1u);
  EXPECT_EQ(read.dropped[0].row, 6);
  EXPECT_EQ(read.dropped[0].reason, "status is stopped");
}

TEST(CsvPoints, ListsWhatIsThereWhenAColumnIsMissing) {
  EXPECT_THAT(Fault("D,L\n1,2\n", "tokens=tokens,loss=L"),
              HasSubstr("a.csv:1:1: no column 'tokens' (for tokens); the file has: D, L"));
  EXPECT_THAT(Fault("D,L\n1,2\n"), HasSubstr("no column 'loss'"));
  EXPECT_THAT(Fault(""), HasSubstr("no header line"));
}

TEST(CsvPoints, SaysWhereAFieldIsWrong) {
  EXPECT_EQ(Fault("tokens,loss\n1,0.5\n2,abc\n"), "a.csv:3:3: not a number: 'abc'");
  EXPECT_THAT(Fault("tokens,loss\n1,1e999\n"), HasSubstr("a.csv:2:3: number out of range"));
  EXPECT_THAT(Fault("tokens,loss,seed\n1,1,0.5\n"), HasSubstr("a.csv:2:5: a seed or stream"));
  EXPECT_THAT(Fault("tokens,loss\n1\n"), HasSubstr("a.csv:2:1: 1 fields where the header has 2"));
}

TEST(CsvPoints, RecognisesADecimalComma) {
  EXPECT_THAT(Fault("tokens;loss\n1;0,5\n"), HasSubstr("decimals are written with a point"));
  EXPECT_THAT(Fault("tokens,loss\n1,0,5\n"), HasSubstr("decimals are written with a point"));
}

TEST(CsvColumns, RejectsUnknownKeys) {
  EXPECT_THROW(ParseCsvColumns("token=D"), Error);
  EXPECT_THROW(ParseCsvColumns("tokens"), Error);
  EXPECT_THROW(ParseCsvColumns("tokens="), Error);
}

TEST(CsvPoints, ReadsManyRowsInSeconds) {
  std::string text = "tokens,params,lr,loss,seed\n";
  for (int i = 0; i < 200'000; ++i) text += "123456789,65536,0.0003,0.4567891234,3\n";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ParseCsvPoints(text, "a.csv", {}).points.size(), 200'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

}  // namespace
}  // namespace saelaw
