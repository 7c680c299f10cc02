// What is said of points that carry no law, or hardly one.
#include "fit/answer_law.h"

#include <ctime>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

std::vector<Point> Losses(const std::vector<double>& sizes) {
  std::vector<Point> points;
  for (const double tokens : sizes) {
    Point point;
    point.tokens = tokens;
    point.loss = 0.3 + 10 * std::pow(tokens, -0.3);
    point.row = static_cast<std::int64_t>(points.size()) + 2;
    points.push_back(point);
  }
  return points;
}

Point At(double tokens) {
  Point at;
  at.tokens = tokens;
  return at;
}

LawAnswer Answer(const char* law, const std::vector<Point>& points, double target) {
  return AnswerLaw({law, points, {}, {}, {At(target)}, false});
}

std::string All(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "; ";
  return all;
}

TEST(AnswerLaw, TwoPointsGiveThePurePowerLawWithoutInterval) {
  const LawAnswer answer = Answer("data", Losses({1e6, 4e6}), 1e7);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer.predictions[0].prediction.known());
  EXPECT_NE(All(answer.law.warnings).find("only two sizes"), std::string::npos);
  // Nothing can be left out of two points.
  EXPECT_TRUE(std::isnan(answer.criticism.held_out[0].error));
}

TEST(AnswerLaw, ThreePointsGiveALawWithoutIntervalAndSaySo) {
  const LawAnswer answer = Answer("data", Losses({1e6, 4e6, 1.6e7}), 1e8);
  ASSERT_TRUE(answer.ok());
  EXPECT_NEAR(answer.law.Get("exponent"), 0.3, 1e-4);
  EXPECT_FALSE(answer.predictions[0].prediction.known());
  EXPECT_NE(All(answer.law.warnings).find("as many parameters as settings"), std::string::npos);
}

TEST(AnswerLaw, RefusalsAreNotCriticised) {
  for (const char* law : {"data",
                          "power",
                          "size-data",
                          "size-data-coupled",
                          "lr-batch-size-data",
                          "lr",
                          "lr-edge",
                          "lr-surface",
                          "compute"}) {
    const LawAnswer none = Answer(law, {}, 1e9);
    EXPECT_FALSE(none.law.refusal.empty()) << law;
    EXPECT_TRUE(none.predictions.empty());
    EXPECT_TRUE(none.criticism.empty());
    const LawAnswer one_size = Answer(law, Losses({1e6, 1e6, 1e6}), 1e9);
    EXPECT_FALSE(one_size.law.refusal.empty()) << law;
  }
}

TEST(AnswerLaw, RefusesNegativeAndMissingLossesAndCountsThem) {
  std::vector<Point> points = Losses({1e6, 2e6, 4e6});
  points[0].loss = -1;
  points[1].loss = 0;
  points[2].loss = std::nan("");
  const LawAnswer answer = Answer("data", points, 1e8);
  EXPECT_EQ(answer.law.refusal, "a law needs at least 2 usable points, got 0 (3 dropped)");
  EXPECT_EQ(answer.law.dropped.size(), 3u);
}

TEST(AnswerLaw, LeavesOutRowsThatRepeatOthers) {
  std::vector<Point> points = Losses({1e6, 2e6, 4e6, 8e6, 1.6e7});
  const std::vector<Point> twice = points;
  points.insert(points.end(), twice.begin(), twice.end());
  const LawAnswer answer = Answer("data", points, 1e8);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.law.n_points, 5);
  ASSERT_EQ(answer.law.dropped.size(), 5u);
  EXPECT_EQ(answer.law.dropped[0].reason, "repeats row 2 exactly");
  const LawAnswer once = Answer("data", twice, 1e8);
  EXPECT_EQ(answer.predictions[0].prediction.lo, once.predictions[0].prediction.lo);
}

TEST(AnswerLaw, WarnsBeyond30TimesAndRefusesBeyond1000) {
  const std::vector<Point> points = Losses({1e6, 2e6, 4e6, 8e6, 1.6e7});
  const LawAnswer doubtful = Answer("data", points, 1e9);
  ASSERT_TRUE(doubtful.ok());
  EXPECT_NE(All(doubtful.law.warnings).find("62 times the largest"), std::string::npos);
  const LawAnswer refused = Answer("data", points, 1e11);
  EXPECT_FALSE(refused.ok());
  EXPECT_TRUE(refused.law.ok());
  EXPECT_TRUE(std::isnan(refused.predictions[0].value));
  EXPECT_NE(All(refused.law.warnings).find("without --force"), std::string::npos);
  const LawAnswer forced = AnswerLaw({"data", points, {}, {}, {At(1e11)}, true});
  EXPECT_GT(forced.predictions[0].value, 0);
}

TEST(AnswerLaw, NamesTheNextRunThatNarrowsMost) {
  std::vector<Point> points = Losses({1e6, 2e6, 4e6, 8e6, 1.6e7});
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].loss *= 1 + 0.002 * std::sin(static_cast<double>(3 * i));
  }
  const LawAnswer answer = Answer("data", points, 1e9);
  ASSERT_FALSE(answer.criticism.next_runs.empty());
  const NextRun& best = answer.criticism.next_runs.front();
  EXPECT_EQ(best.at.tokens, 6.4e7);
  EXPECT_FALSE(best.repeats);
  EXPECT_EQ(best.relative_cost, 4);
  EXPECT_GT(best.narrows, 0.3);
  EXPECT_FALSE(answer.criticism.would_change.empty());
}

TEST(AnswerLaw, SaysWhatAPredictionLacks) {
  std::vector<Point> points = Losses({1e6, 2e6, 4e6, 8e6, 1.6e7});
  LawAnswer answer = AnswerLaw({"data", points, {}, {}, {Point()}, false});
  EXPECT_FALSE(answer.ok());
  EXPECT_EQ(answer.refused_predictions.at(0), "no prediction: the data law needs tokens there");
}

// The whole of what `saelaw fit --csv` does, with the self-criticism.
TEST(AnswerLaw, AMillionPointsTakeSeconds) {
  std::vector<Point> points;
  for (int i = 0; i < 1'000'000; ++i) {
    Point point;
    point.tokens = 1e6 * (1 + i % 1000);
    point.loss = (0.5 + 10 * std::pow(point.tokens, -0.3)) * (1 + 0.001 * std::sin(0.7 * i));
    points.push_back(point);
  }
  FitOptions options;
  options.estimator = Estimator::kHuberLog;
  options.interval_method = IntervalMethod::kBootstrapResidual;
  const std::clock_t start = std::clock();
  const LawAnswer answer = AnswerLaw({"data", points, {}, options, {At(1e10)}, false});
  EXPECT_NEAR(answer.law.Get("exponent"), 0.3, 1e-3);
  EXPECT_TRUE(answer.predictions[0].prediction.known());
  EXPECT_NE(All(answer.criticism.warnings).find("5000 evenly spaced"), std::string::npos);
  // Of all cores together, so that a busy machine does not matter.
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 30);
}

}  // namespace
}  // namespace saelaw
