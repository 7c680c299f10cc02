#include "fit/points/csv_filter.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "fit/points/csv.h"

namespace saelaw {
namespace {

constexpr const char* kTable =
    "tokens,arch,lr,loss\n1M,A,0.001,3\n2M,B,1e-3,2\n4M,a,2e-3,1\n8M,,,0.9\n";

std::size_t Kept(const std::vector<std::string>& where) {
  return ParseCsvPoints(kTable, "a.csv", std::string_view(), where).points.size();
}

TEST(CsvFilter, ComparesNumbersAsNumbersAndWordsAsWords) {
  EXPECT_EQ(Kept({"lr=1e-3"}), 2u);
  EXPECT_EQ(Kept({"LR == 0.0010"}), 2u);
  EXPECT_EQ(Kept({"arch=A"}), 2u);
  EXPECT_EQ(Kept({"arch!=A"}), 2u);
  EXPECT_EQ(Kept({"tokens>=2M"}), 3u);
  EXPECT_EQ(Kept({"tokens<2e6"}), 1u);
  EXPECT_EQ(Kept({"lr>1e-3"}), 1u);
  EXPECT_EQ(Kept({"lr="}), 1u);
}

TEST(CsvFilter, TakesRowsThatAllConditionsHave) {
  EXPECT_EQ(Kept({"lr=1e-3", "arch=B"}), 1u);
  const CsvPoints read = ParseCsvPoints(kTable, "a.csv", std::string_view(), {"tokens>4M"});
  ASSERT_EQ(read.dropped.size(), 3u);
  EXPECT_EQ(read.dropped[0].row, 2);
  EXPECT_EQ(read.dropped[0].reason, "left out by --where tokens>4M");
}

TEST(CsvFilter, RefusesWhatIsNoConditionAndColumnsThatAreNotThere) {
  for (const char* text : {"lr", "=3", "", "lr~3"}) EXPECT_THROW(Kept({text}), Error) << text;
  try {
    Kept({"optimizer=adam"});
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "a.csv:1:1: no column 'optimizer' (for --where); the file has: tokens, arch, lr, "
              "loss");
  }
}

}  // namespace
}  // namespace saelaw
