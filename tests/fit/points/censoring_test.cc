#include "fit/points/censoring.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// The names stand in JSON.
TEST(Censoring, HasStoredNames) {
  EXPECT_EQ(Name(Censoring::kNone), "none");
  EXPECT_EQ(Name(Censoring::kGridLow), "grid-low");
  EXPECT_EQ(Name(Censoring::kGridHigh), "grid-high");
  EXPECT_EQ(Name(Censoring::kCliff), "cliff");
  EXPECT_EQ(Name(Censoring::kNoSurvivor), "no-survivor");
}

}  // namespace
}  // namespace saelaw
