#include "app/cli/local_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(LocalTime, HasDateTimeAndOffset) {
  const std::string now = LocalTime();
  ASSERT_EQ(now.size(), std::string("2026-01-02 07:30:00 +0100").size()) << now;
  EXPECT_EQ(now[4], '-');
  EXPECT_EQ(now[13], ':');
  EXPECT_THAT(now.substr(20, 1), testing::AnyOf("+", "-"));
}

}  // namespace
}  // namespace saelaw
