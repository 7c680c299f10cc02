// The object of `saelaw compare`, and what predictions say of the discrepancy.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/json_keys.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::ElementsAre;

// Losses of 0.5 + x^-0.3 with a wobble of 0.3 %: made for this test.
std::vector<Point> Sweep() {
  std::vector<Point> points;
  for (int i = 0; i < 18; ++i) {
    Point point;
    point.tokens = 1e6 * std::pow(2, i / 3);
    point.loss = (0.5 + std::pow(2, -0.3 * (i / 3))) * (1 + 3e-3 * std::sin(7.7 * i * i));
    point.row = i + 2;
    points.push_back(point);
  }
  return points;
}

Point Target() {
  Point target;
  target.tokens = 2.56e8;
  return target;
}

TEST(CompareJson, HasEveryLawAndThePartsOfTheAverage) {
  const Point target = Target();
  const Json json = Json::parse(CompareJson(CompareLaws(Sweep(), {}, {&target, 1}), {{9, "x"}}));
  EXPECT_THAT(
      Keys(json),
      ElementsAre(
          "version", "command", "level", "laws", "predictions", "warnings", "refusal", "dropped"));
  ASSERT_EQ(json["laws"].size(), 3U);
  EXPECT_EQ(json["laws"][0]["law"], "data");
  EXPECT_EQ(json["laws"][0]["rolling_origin"].size(), 6U);
  EXPECT_EQ(json["laws"][0]["rolling_origin"][0]["from_scales"], 3);
  EXPECT_EQ(json["laws"][0]["rolling_origin"][0]["scale"], 4);
  const Json& place = json["predictions"][0];
  EXPECT_GT(place["parts"][0]["discrepancy"]["sd_ln"], 0);
  EXPECT_GT(place["interval"][1], place["value"]);
}

TEST(CompareJson, SaysWhyThereIsNothing) {
  const Json json = Json::parse(CompareJson(CompareLaws({}, {}, {}), {}));
  EXPECT_THAT(json["refusal"], ::testing::Ne(nullptr));
}

TEST(DiscrepancyObject, IsNullWhereNobodyAsked) {
  LawQuestion question;
  question.law = "data";
  const std::vector<Point> points = Sweep();
  question.points = points;
  question.at = {Target()};
  const Json asked = Json::parse(AnswerJson(AnswerLaw(question)));
  const Json& discrepancy = asked["predictions"][0]["discrepancy"];
  EXPECT_THAT(Keys(discrepancy), ElementsAre("sd_ln", "sd_ln_below", "fall", "calibrated_on"));
  question.discrepancy = false;
  const Json without = Json::parse(AnswerJson(AnswerLaw(question)));
  EXPECT_TRUE(without["predictions"][0]["discrepancy"].is_null());
  EXPECT_LT(asked["predictions"][0]["interval"][0], without["predictions"][0]["interval"][0]);
}

}  // namespace
}  // namespace saelaw
