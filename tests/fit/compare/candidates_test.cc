#include "fit/compare/candidates.h"

#include <map>

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"

namespace saelaw {
namespace {

std::map<std::string_view, std::optional<Variable>> Named(const std::vector<Point>& points) {
  std::map<std::string_view, std::optional<Variable>> named;
  for (const CandidateLaw& candidate : Candidates(points)) {
    named[candidate.law->name] = candidate.unknown;
  }
  return named;
}

TEST(Candidates, AreTheLawsOfTheTablesColumns) {
  const auto of_data = Named(testing::Sweep(testing::Floored, 0.01));
  EXPECT_EQ(of_data.size(), 3U);
  for (const char* law : {"data", "power", "broken-power"}) EXPECT_FALSE(of_data.at(law)) << law;
  const auto of_size = Named(testing::SizePoints("kyo_chinchilla_234.csv", 1, 2, 3));
  EXPECT_FALSE(of_size.at("size-data"));
  EXPECT_FALSE(of_size.at("size-data-coupled"));
  EXPECT_EQ(of_size.at("data"), Variable::kParams);
}

TEST(Candidates, LetARateFollowTheData) {
  std::vector<Point> points = testing::Sweep(testing::Floored, 0.01);
  for (Point& point : points) point.lr = 1e-3 * std::pow(point.tokens / 1e6, -0.3);
  EXPECT_FALSE(Named(points).at("data"));
  for (Point& point : points) point.lr = point.seed == 0 ? 1e-3 : 2e-3;
  EXPECT_EQ(Named(points).at("data"), Variable::kLr);
}

TEST(SlowToFit, IsTheLawOfRateAndBatch) {
  EXPECT_TRUE(SlowToFit(RequireLossLaw("lr-batch-size-data")));
  EXPECT_FALSE(SlowToFit(RequireLossLaw("size-data-coupled")));
}

}  // namespace
}  // namespace saelaw
