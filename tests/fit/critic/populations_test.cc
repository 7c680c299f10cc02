#include "fit/critic/populations.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

// Residuals at 24 places along a law, given by a function of the place.
template <typename Function>
std::optional<warning::TwoPopulations> Suspects(Function residual) {
  Residuals residuals;
  std::vector<Point> points;
  for (int i = 0; i < 24; ++i) {
    points.push_back(testing::At(1e6 * (i + 1)));
    points.back().row = i + 2;
    residuals.fitted.push_back(-0.1 * i);
    residuals.values.push_back(residual(i) + 0.002 * std::sin(1.7 * i * i));
  }
  return FindTwoPopulations(residuals, points);
}

// Every other run 10 % above, one in four, and one that grows along the sizes.
TEST(TwoPopulations, AreSuspectedWhereRunsLieApartAllAlong) {
  const auto half = Suspects([](int i) { return i % 2 == 0 ? 0.1 : 0.0; });
  ASSERT_TRUE(half);
  EXPECT_EQ(half->above.size(), 12u);
  EXPECT_EQ(half->runs, 24u);
  EXPECT_NEAR(half->distance, 0.11, 0.005);
  EXPECT_TRUE(Suspects([](int i) { return i % 4 == 0 ? 0.1 : 0.0; }));
  EXPECT_TRUE(Suspects([](int i) { return i % 2 == 0 ? 0.05 + 0.005 * i : 0.0; }));
}

// A law that misses one half of the sizes, or bends, is no mixture; nor are a few outliers.
TEST(TwoPopulations, AreNotSuspectedWhereTheLawMisses) {
  EXPECT_FALSE(Suspects([](int i) { return i < 12 ? 0.1 : 0.0; }));
  EXPECT_FALSE(Suspects([](int i) { return 0.001 * (i - 12) * (i - 12); }));
  EXPECT_FALSE(Suspects([](int i) { return i == 7 || i == 19 ? 0.1 : 0.0; }));
  EXPECT_FALSE(Suspects([](int) { return 0.0; }));
}

TEST(LabelledPopulations, AreNamedByTheColumnThatTellsThemApart) {
  Residuals residuals;
  std::vector<Point> points;
  UnreadColumn tells{"kind", "a.csv:1:4", std::nullopt, {}};
  UnreadColumn idle{"host", "a.csv:1:9", std::nullopt, {}};
  for (int i = 0; i < 24; ++i) {
    points.push_back(testing::At(1e6 * (i + 1)));
    points.back().row = i + 2;
    residuals.values.push_back((i % 3 == 0 ? 0.02 : 0.0) + 0.01 * std::sin(1.7 * i * i));
    tells.words.push_back(i % 3 == 0 ? "new" : "old");
    idle.words.push_back(i % 2 == 0 ? "here" : "there");
  }
  const std::vector<UnreadColumn> labels = {idle, tells};
  const auto apart = FindLabelledPopulations(residuals, points, labels, points);
  ASSERT_TRUE(apart);
  EXPECT_EQ(apart->column, "kind");
  EXPECT_EQ(apart->high, "new");
  EXPECT_EQ(apart->low, "old");
  EXPECT_FALSE(FindLabelledPopulations(residuals, points, {&idle, 1}, points));
}

}  // namespace
}  // namespace saelaw
