#include "app/cli/call_end.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class NextLocalTest : public ::testing::Test {
 protected:
  NextLocalTest() {
    ::setenv("TZ", "Europe/Berlin", 1);
    ::tzset();
  }
  ~NextLocalTest() override {
    ::unsetenv("TZ");
    ::tzset();
  }
};

// Seconds since 1970 by `date -d '2026-03-28 21:00 UTC' +%s` and the like.
constexpr std::time_t kEveningBeforeSummerTime = 1774731600;  // 2026-03-28 22:00 in Berlin
constexpr std::time_t kEveningBeforeWinterTime = 1792872000;  // 2026-10-24 22:00 in Berlin

TEST_F(NextLocalTest, IsTodayOrTomorrow) {
  EXPECT_EQ(NextLocal("22:30", kEveningBeforeSummerTime), kEveningBeforeSummerTime + 1800);
  // The very minute has come, so that the next one is meant.
  EXPECT_EQ(NextLocal("22:00", kEveningBeforeWinterTime - 86400), kEveningBeforeWinterTime);
}

TEST_F(NextLocalTest, IsRightAcrossAChangeOfSummerTime) {
  // From 22:00 to 08:00 are ten hours but for the one that the night has less, or more.
  EXPECT_EQ(NextLocal("08:00", kEveningBeforeSummerTime), kEveningBeforeSummerTime + 9 * 3600);
  EXPECT_EQ(NextLocal("8:00", kEveningBeforeWinterTime), kEveningBeforeWinterTime + 11 * 3600);
}

TEST_F(NextLocalTest, TakesADate) {
  EXPECT_EQ(NextLocal("2026-03-30 08:00", kEveningBeforeSummerTime),
            kEveningBeforeSummerTime + 33 * 3600);
  EXPECT_EQ(NextLocal("2026-03-30T08:00", kEveningBeforeSummerTime),
            kEveningBeforeSummerTime + 33 * 3600);
  EXPECT_THROW(NextLocal("2026-03-28 08:00", kEveningBeforeSummerTime), Error);
}

TEST_F(NextLocalTest, RefusesWhatIsNoTime) {
  for (const char* text :
       {"8", "25:00", "08:60", "morning", "08:00:00", "2026-13-01 08:00", "8h"}) {
    try {
      NextLocal(text, kEveningBeforeSummerTime);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("--until must be a local time such as 08:00")) << text;
    }
  }
}

TEST(EndOfCall, IsATimeOfTheBootClock) {
  const auto before = BootNow();
  const std::optional<CallEnd> end = EndOfCall("", "1h30m");
  ASSERT_TRUE(end);
  EXPECT_GE(end->at, before + std::chrono::minutes(90));
  EXPECT_LE(end->at, BootNow() + std::chrono::minutes(90));
  EXPECT_THAT(end->text, StartsWith("--for is 1.5 h, until "));
  EXPECT_FALSE(EndOfCall("", ""));
  EXPECT_THAT(EndOfCall("08:00", "")->text, StartsWith("--until is "));
}

TEST(EndOfCall, RefusesATimeWithoutAUnitAndBothAtOnce) {
  for (const char* text : {"8", "-1h", "0s", "soon"}) {
    EXPECT_THROW(EndOfCall("", text), Error) << text;
  }
  EXPECT_THROW(EndOfCall("08:00", "8h"), Error);
}

}  // namespace
}  // namespace saelaw
