#include "fit/compare/comparison.h"

#include <map>

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/compare/discrepancy.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::At;

Comparison Compared(const std::vector<Point>& points, const std::vector<Point>& at = {}) {
  return CompareLaws(points, {}, at);
}

std::map<std::string_view, double> Weights(const Comparison& comparison) {
  std::map<std::string_view, double> weights;
  for (const ComparedLaw& law : comparison.laws) weights[law.law->name] = law.weight;
  return weights;
}

TEST(CompareLaws, WeighsTheLawThatThePointsAreOf) {
  const auto floored = Weights(Compared(testing::Sweep(testing::Floored, 0.003)));
  EXPECT_GT(floored.at("data"), 0.8);
  EXPECT_EQ(floored.at("power"), 0);
  const auto pure = [](double x) { return std::pow(x, -0.3); };
  EXPECT_GT(Weights(Compared(testing::Sweep(pure, 0.003))).at("power"), 0.5);
}

TEST(CompareLaws, WeightsSumToOneAndAverageTheParts) {
  const auto at = std::vector<Point>{At(256e6)};
  const Comparison comparison = Compared(testing::Sweep(testing::Floored, 0.01), at);
  ASSERT_TRUE(comparison.ok());
  ASSERT_EQ(comparison.predictions.size(), 1U);
  const AveragedPrediction& place = comparison.predictions[0];
  double total = 0;
  double mean = 0;
  std::size_t part = 0;
  for (const ComparedLaw& law : comparison.laws) {
    total += law.weight;
    if (law.weight > 0) mean += law.weight * std::log(place.parts.at(part++).value);
  }
  EXPECT_EQ(part, place.parts.size());
  EXPECT_NEAR(total, 1, 1e-12);
  EXPECT_NEAR(place.averaged.value, std::exp(mean), 1e-12);
  EXPECT_TRUE(testing::Contains(place.averaged.prediction, testing::Floored(256)));
  EXPECT_GE(place.averaged.confidence.lo, place.averaged.prediction.lo);
}

// 4,000 points must not take minutes either; here it is the table of Chinchilla's 234.
TEST(CompareLaws, KnowsLawsOfSize) {
  const auto points = testing::SizePoints("kyo_chinchilla_234.csv", 1, 2, 3);
  const Comparison comparison = Compared(points);
  ASSERT_TRUE(comparison.ok());
  for (const ComparedLaw& law : comparison.laws) {
    if (!law.unknown) {
      EXPECT_EQ(law.rolled.size(), 6U) << law.law->name;
    }
  }
  EXPECT_GT(Weights(comparison).at("size-data-coupled"), 0.9);
}

// A law that was doubted on these points was rolled for it, and is not rolled again.
TEST(CompareLaws, TakesWhatWasRolledAlready) {
  const auto points = testing::Sweep(testing::Floored, 0.003);
  LawFit fit = FitLaw("data", points, {});
  RolledLaw rolled = AddDiscrepancy(points, FitOptions{}, fit);
  ASSERT_EQ(rolled.law, fit.info);
  ASSERT_FALSE(rolled.scales.empty());
  const Comparison taken = CompareLaws(points, {}, {}, true, rolled);
  EXPECT_EQ(Weights(taken), Weights(Compared(points)));
  rolled.scales.pop_back();
  for (const ComparedLaw& law : CompareLaws(points, {}, {}, true, rolled).laws) {
    if (law.law == fit.info) {
      EXPECT_EQ(law.rolled.size(), rolled.scales.size());
    }
  }
}

TEST(CompareLaws, SaysWhyThereIsNothing) {
  EXPECT_FALSE(Compared({}).ok());
  EXPECT_EQ(Compared({}).Nearest(), nullptr);
  const auto one = std::vector<Point>(1, [] {
    Point point = At(1e6);
    point.loss = 1;
    return point;
  }());
  EXPECT_FALSE(Compared(one).ok());
  EXPECT_FALSE(Compared(one).empty());
}

}  // namespace
}  // namespace saelaw
