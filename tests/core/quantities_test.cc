#include "core/quantities.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(ParseCount, KnowsDecimalAndBinaryUnits) {
  EXPECT_EQ(ParseCount("2.1B"), 2.1e9);
  EXPECT_EQ(ParseCount("512K"), 512e3);
  EXPECT_EQ(ParseCount("512Ki"), 524288);
  EXPECT_EQ(ParseCount(" 7e-5 "), 7e-5);
}

TEST(ParseCount, GroupsDigitsByUnderscores) {
  EXPECT_EQ(ParseCount("33_554_432"), 33554432);
  EXPECT_EQ(ParseCount("1_000.5M"), 1000.5e6);
}

TEST(ParseCount, RefusesOtherUnitsAndRubbish) {
  for (const char* text : {"",
                           "2.1 bananas",
                           "K",
                           "1,5",
                           "nan",
                           "inf",
                           "0x10",
                           "1 2",
                           "+",
                           "+-1",
                           "++1",
                           "_1",
                           "1_",
                           "1__0",
                           "1_K",
                           "+inf"}) {
    EXPECT_FALSE(ParseCount(text)) << text;
  }
}

// YAML's core schema has signs and bare points; its older one has underscores.
TEST(ParseCount, TakesNumbersAsYamlWritersHaveThem) {
  EXPECT_EQ(ParseCount("1_000_000"), 1e6);
  EXPECT_EQ(ParseCount("+1"), 1);
  EXPECT_EQ(ParseCount(".5"), 0.5);
  EXPECT_EQ(ParseCount("+.5e+1"), 5);
  EXPECT_EQ(ParseCount("5."), 5);
  EXPECT_EQ(ParseCount("1E-3"), 1e-3);
  EXPECT_EQ(ParseWholeCount("131_072"), 131072);
  EXPECT_EQ(ParseFraction("+5 %"), 0.05);
}

TEST(ParseWholeCount, RefusesFractionsAndNegatives) {
  EXPECT_EQ(ParseWholeCount("2.1B"), 2100000000);
  EXPECT_FALSE(ParseWholeCount("1.5"));
  EXPECT_FALSE(ParseWholeCount("-1"));
  EXPECT_FALSE(ParseWholeCount("1e19"));
}

TEST(ParseSecondsAndBytes, KnowTheirUnits) {
  EXPECT_EQ(ParseSeconds("8h"), 28800);
  EXPECT_EQ(ParseBytes("4 GiB"), 4294967296.0);
  EXPECT_EQ(ParseBytes("4GB"), 4e9);
  EXPECT_EQ(ParseFraction("5%"), 0.05);
  EXPECT_FALSE(ParseSeconds("8 hours"));
}

TEST(ParseSeconds, AddsUnitsFromTheLongestToTheShortest) {
  EXPECT_EQ(ParseSeconds("1h30m"), 5400);
  EXPECT_EQ(ParseSeconds(" 1d 12h 5min 1.5s "), 129901.5);
  EXPECT_EQ(ParseSeconds("1 d"), 86400);
  EXPECT_EQ(ParseSeconds("1e10s"), 1e10);
  EXPECT_EQ(ParseSeconds("-1h"), -3600);  // refused by the key's range, with its own words
  for (const char* text : {"",
                           "h",
                           "90",
                           "1h30",
                           "30m1h",
                           "1h1h",
                           "1m1min",
                           "1h-30m",
                           "1:30:00",
                           "PT1H",
                           "1hm",
                           "inf s"}) {
    EXPECT_FALSE(ParseSeconds(text)) << text;
  }
  EXPECT_EQ(ParseBare(" 90 "), 90);
  EXPECT_FALSE(ParseBare("90s"));
}

TEST(Format, IsShort) {
  EXPECT_EQ(FormatCount(2.1e9), "2.1B");
  EXPECT_EQ(FormatCount(131072), "131K");
  EXPECT_EQ(FormatSeconds(15120), "4.2 h");
  EXPECT_EQ(FormatSeconds(1.83), "1.8 s");
  EXPECT_EQ(FormatSeconds(0.912), "0.9 s");
  EXPECT_EQ(FormatSeconds(4.2e-6), "under 0.001 s");
  EXPECT_EQ(FormatBytes(7.1e8), "710 MB");
  EXPECT_EQ(FormatBytes(8.6e12), "8.6 TB");
  EXPECT_EQ(FormatExact(7e-5), "7e-05");
}

}  // namespace
}  // namespace saelaw
