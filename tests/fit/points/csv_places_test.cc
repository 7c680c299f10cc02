#include "fit/points/csv_places.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

CsvPlaces Read(const std::string& text, const std::string& columns = "") {
  return ParseCsvPlaces(text, "p.csv", columns);
}

std::string Refusal(const std::string& text, const std::string& columns = "") {
  try {
    Read(text, columns);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    return error.what();
  }
  return "nothing was thrown";
}

TEST(ParseCsvPlaces, KeepsTheRowsAndReadsWhatTheyName) {
  const CsvPlaces places = Read("name;tokens;N\n\"a; b\";2.1B;16Ki\nc;4M;\n", "tokens=D,params=N");
  EXPECT_EQ(places.header, (std::vector<std::string>{"name", "tokens", "N"}));
  ASSERT_EQ(places.rows.size(), 2U);
  EXPECT_EQ(places.rows[0], (std::vector<std::string>{"a; b", "2.1B", "16Ki"}));
  // Tokens by their own name, since this table calls nothing D.
  EXPECT_EQ(places.at[0].tokens, 2.1e9);
  EXPECT_EQ(places.at[0].params, 16384);
  EXPECT_TRUE(std::isnan(places.at[1].params));
  EXPECT_EQ(places.at[1].row, 3);
}

// The mapped columns may be of the table of runs alone.
TEST(ParseCsvPlaces, NeedsNoLoss) {
  EXPECT_EQ(Read("D\n1M\n", "tokens=D,loss=L,seed=S").at[0].tokens, 1e6);
}

TEST(ParseCsvPlaces, RefusesBadRowsWithTheirPlace) {
  EXPECT_EQ(Refusal("tokens,lr\n1M,abc\n"), "p.csv:2:4: not a number: 'abc'");
  EXPECT_EQ(Refusal("tokens,lr\n1M,1e-3\n-5,1e-3\n"),
            "p.csv:3:1: tokens must be above 0 and finite, got '-5'");
  EXPECT_EQ(Refusal("tokens,lr\n1M,inf\n"), "p.csv:2:4: lr must be above 0 and finite, got 'inf'");
  EXPECT_EQ(Refusal("tokens,lr\n1M,1,5\n").substr(0, 28), "p.csv:2:6: 3 fields where th");
}

TEST(ParseCsvPlaces, RefusesTablesOfOtherThings) {
  EXPECT_EQ(
      Refusal("a,b\n1,2\n"),
      "p.csv:1:1: no column says where to predict: tokens, params, lr, batch, compute, l0; the "
      "file has: a, b");
  EXPECT_EQ(Refusal("tokens,lo\n1M,2\n"),
            "p.csv:1:8: a column 'lo' is there already, which predictions are written to: give it "
            "another name");
}

}  // namespace
}  // namespace saelaw
