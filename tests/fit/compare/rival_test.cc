#include "fit/compare/rival.h"

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

std::optional<Rival> RivalOf(const char* law, const std::vector<Point>& points) {
  const LawFit fit = FitLaw(law, points, {});
  return FindRival(fit, points, RollOrigin(*fit.info, ByScale(points), {}), {});
}

TEST(FindRival, NamesTheFloorThatAPowerLacks) {
  const auto rival = RivalOf("power", testing::Sweep(testing::Floored, 0.003));
  ASSERT_TRUE(rival.has_value());
  EXPECT_EQ(rival->fit.name(), "data");
  EXPECT_GT(rival->aicc_lower, 10);
  EXPECT_LT(rival->error, rival->asked_error);
}

TEST(FindRival, SeesABendAmongTheData) {
  const auto rival = RivalOf("data", testing::Sweep(testing::Bent, 0.0005, 7, 8));
  ASSERT_TRUE(rival.has_value());
  EXPECT_EQ(rival->fit.name(), "broken-power");
}

// At most 5 of 100 warnings on points of the asked law may be wrong; here of 60 sweeps.
TEST(FindRival, SaysNothingAgainstTheLawThatThePointsAreOf) {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    wrong += RivalOf("data", testing::Sweep(testing::Floored, 0.005, seed)) ? 1 : 0;
  }
  EXPECT_LE(wrong, 3);
}

// With one run at each of six sizes AICc is 30 lower without a floor; a law that has one is not
// wrong for that.
TEST(FindRival, IsNoLawThatTheAskedOneContains) {
  std::vector<Point> points = testing::Sweep([](double x) { return std::pow(x, -0.3); }, 0.005);
  std::erase_if(points, [](const Point& point) { return point.seed != 0; });
  EXPECT_FALSE(RivalOf("data", points).has_value());
}

}  // namespace
}  // namespace saelaw
