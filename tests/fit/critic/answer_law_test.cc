// What is said of points that carry no law, or hardly one.
#include "fit/critic/answer_law.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

using testing::At;

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

LawAnswer Answer(const char* law, const std::vector<Point>& points, double target) {
  return AnswerLaw({law, points, {}, {}, {At(target)}, false});
}

TEST(AnswerLaw, TwoPointsGiveThePurePowerLawWithoutInterval) {
  const LawAnswer answer = Answer("data", Losses({1e6, 4e6}), 1e7);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer.predictions[0].prediction.known());
  EXPECT_NE(FindWarning<warning::TwoSizes>(answer.law.warnings), nullptr);
  // Nothing can be left out of two points.
  EXPECT_TRUE(std::isnan(answer.criticism.held_out[0].error));
}

// A table of places is answered as --predict is, but for the warnings, which would be too many.
TEST(AnswerLaw, KeepsWhatIsToBeSaidOfATablesRowsBesideThem) {
  const std::vector<Point> points = Losses({1e6, 2e6, 4e6, 8e6, 1.6e7});
  const std::vector<Point> table = {At(3.2e7), At(1e9), At(1e12), {}};
  LawQuestion question{"data", points, {}, {}, {At(3.2e7)}, false};
  question.table = table;
  const LawAnswer answer = AnswerLaw(question);
  ASSERT_EQ(answer.table.size(), 4U);
  EXPECT_EQ(answer.table[0].prediction.value, answer.predictions[0].value);
  EXPECT_EQ(answer.table[0].prediction.prediction.hi, answer.predictions[0].prediction.hi);
  EXPECT_EQ(answer.table[0].prediction.extrapolation, 2);
  EXPECT_FALSE(answer.table[0].doubt || answer.table[0].refusal);
  ASSERT_TRUE(answer.table[1].doubt);
  EXPECT_DOUBLE_EQ(std::get<warning::FarBeyond>(*answer.table[1].doubt).times, 1e9 / 1.6e7);
  EXPECT_TRUE(std::isnan(answer.table[2].prediction.value));
  ASSERT_TRUE(answer.table[2].refusal);
  EXPECT_NE(std::get_if<warning::NoPrediction>(&*answer.table[2].refusal), nullptr);
  ASSERT_TRUE(answer.table[3].refusal);
  EXPECT_EQ(std::get<warning::PlaceLacks>(*answer.table[3].refusal).lacking,
            std::vector<Variable>{Variable::kTokens});
  EXPECT_EQ(FindWarning<warning::FarBeyond>(answer.law.warnings), nullptr);
  EXPECT_FALSE(answer.ok());
}

TEST(AnswerLaw, ThreePointsGiveALawWithoutIntervalAndSaySo) {
  const LawAnswer answer = Answer("data", Losses({1e6, 4e6, 1.6e7}), 1e8);
  ASSERT_TRUE(answer.ok());
  EXPECT_NEAR(answer.law.Get("exponent"), 0.3, 1e-4);
  EXPECT_FALSE(answer.predictions[0].prediction.known());
  EXPECT_NE(FindWarning<warning::NoNoise>(answer.law.warnings), nullptr);
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
    EXPECT_TRUE(none.law.refusal) << law;
    EXPECT_TRUE(none.predictions.empty());
    EXPECT_TRUE(none.criticism.empty());
    const LawAnswer one_size = Answer(law, Losses({1e6, 1e6, 1e6}), 1e9);
    EXPECT_TRUE(one_size.law.refusal) << law;
  }
}

TEST(AnswerLaw, RefusesNegativeAndMissingLossesAndCountsThem) {
  std::vector<Point> points = Losses({1e6, 2e6, 4e6});
  points[0].loss = -1;
  points[1].loss = 0;
  points[2].loss = std::nan("");
  const LawAnswer answer = Answer("data", points, 1e8);
  const auto* few = testing::RefusedAs<refusal::FewPoints>(answer.law);
  ASSERT_NE(few, nullptr) << testing::Why(answer.law);
  EXPECT_EQ(few->usable, 0u);
  EXPECT_EQ(few->dropped, 3u);
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
  const auto* beyond = FindWarning<warning::FarBeyond>(doubtful.law.warnings);
  ASSERT_NE(beyond, nullptr);
  EXPECT_NEAR(beyond->times, 62.5, 1e-9);
  EXPECT_TRUE(beyond->above);
  const LawAnswer refused = Answer("data", points, 1e11);
  EXPECT_FALSE(refused.ok());
  EXPECT_TRUE(refused.law.ok());
  EXPECT_TRUE(std::isnan(refused.predictions[0].value));
  EXPECT_NE(FindWarning<warning::NoPrediction>(refused.law.warnings), nullptr);
  const LawAnswer forced = AnswerLaw({"data", points, {}, {}, {At(1e11)}, true});
  EXPECT_GT(forced.predictions[0].value, 0);
}

// Rates around LR* = 4·tokens^-0.3 at five sizes; from a factor of 3 above, runs collapse.
LawAnswer OfSweep(const char* law, Point target) {
  std::vector<Point> points, failed;
  for (const double tokens : {1e6, 4e6, 1.6e7, 6.4e7, 2.56e8}) {
    for (int step = -3; step <= 3; ++step) {
      Point point = At(tokens);
      point.lr = 4 * std::pow(tokens, -0.3) * std::pow(2, step + 0.2 * std::sin(tokens));
      const double z = std::log(point.lr / (4 * std::pow(tokens, -0.3)));
      point.loss = (0.3 + 10 * std::pow(tokens, -0.3)) *
                   std::exp(0.1 * z * z + 0.002 * std::sin(31 * step + tokens));
      point.row = static_cast<std::int64_t>(points.size() + failed.size()) + 2;
      (z < std::log(3) ? points : failed).push_back(point);
    }
  }
  return AnswerLaw({law, points, failed, {}, {target}, false});
}

TEST(AnswerLaw, CriticisesTheLawsOfASweep) {
  Point target = At(4e9);
  target.lr = 4 * std::pow(4e9, -0.3);
  for (const char* law : {"lr", "lr-edge", "lr-surface"}) {
    const LawAnswer answer = OfSweep(law, target);
    ASSERT_TRUE(answer.ok()) << law << " " << testing::Why(answer.law);
    const Criticism& criticism = answer.criticism;
    ASSERT_EQ(criticism.held_out.size(), 5u) << law;
    EXPECT_TRUE(criticism.held_out.back().largest) << law;
    EXPECT_TRUE(criticism.held_out.back().inside) << law;
    EXPECT_LT(std::abs(criticism.held_out.back().error), 0.2) << law;
    ASSERT_EQ(criticism.influence.size(), 5u) << law;
    EXPECT_FALSE(std::isnan(criticism.influence.front().at_target)) << law;
    ASSERT_FALSE(criticism.next_runs.empty()) << law;
    EXPECT_GT(criticism.next_runs.front().narrows, 0.02) << law;
    EXPECT_FALSE(criticism.would_change.empty()) << law;
    EXPECT_TRUE(std::isnan(criticism.seed_noise));
    EXPECT_NEAR(answer.predictions.front().extrapolation, 4e9 / 2.56e8, 1e-6) << law;
  }
}

// The next rate lies between a survivor and a failure.
TEST(AnswerLaw, NextRatesBisectTheEdge) {
  const LawAnswer answer = OfSweep("lr-edge", At(4e9));
  ASSERT_FALSE(answer.criticism.next_runs.empty());
  for (const NextRun& next : answer.criticism.next_runs) {
    bool between = false;
    for (const LrEdgeBracket& bracket : answer.edge->brackets) {
      between =
          between || (bracket.tokens == next.at.tokens && bracket.last_survivor < next.at.lr &&
                      next.at.lr < bracket.first_failure);
    }
    EXPECT_TRUE(between);
  }
}

// Each batch has a best rate of its own; the law knows it, and is asked for it there
// (tests/fit/data/README.md).
TEST(AnswerLaw, HoldsTheLawOfRatesAgainstEachBatchByItself) {
  std::vector<Point> points;
  for (const auto& row : testing::Rows("lr_three_batches.csv")) {
    Point point;
    point.tokens = row[0];
    point.batch = row[1];
    point.lr = row[2];
    point.loss = row[3];
    point.row = static_cast<std::int64_t>(points.size()) + 2;
    points.push_back(point);
  }
  Point target = At(6.4e7);
  target.batch = 4096;
  const LawAnswer answer = AnswerLaw({"lr", points, {}, {}, {target}, false});
  ASSERT_TRUE(answer.ok()) << testing::Why(answer.law);
  EXPECT_EQ(answer.criticism.held_out.size(), 5u);
  for (const HeldOutScale& held : answer.criticism.held_out) {
    EXPECT_EQ(held.points, 3);
    EXPECT_LT(std::abs(held.error), 0.15);
    EXPECT_FALSE(held.missed());
  }
  EXPECT_EQ(FindWarning<warning::LargestMissed>(answer.criticism.warnings), nullptr);
  const double truth = 1e-3 * std::pow(64, -0.3) * 2;
  EXPECT_TRUE(testing::Contains(answer.predictions[0].confidence, truth));
}

TEST(AnswerLaw, CriticisesTheLawOfCompute) {
  std::vector<Point> points;
  for (const double compute : {1e15, 4e15, 1.6e16, 6.4e16}) {
    for (int step = -3; step <= 3; ++step) {
      Point point;
      point.compute = compute;
      point.params = std::sqrt(compute / 6) * std::pow(2, step / 2.0 + 0.1);
      point.tokens = compute / 6 / point.params;
      point.loss =
          (1.7 + 400 * std::pow(point.params, -0.34) + 400 * std::pow(point.tokens, -0.34)) *
          (1 + 0.001 * std::sin(17 * step + std::log(compute)));
      points.push_back(point);
    }
  }
  Point target;
  target.compute = 1e18;
  FitOptions options;
  const LawAnswer answer = AnswerLaw({"compute", points, {}, options, {target}, false});
  ASSERT_TRUE(answer.ok()) << testing::Why(answer.law);
  EXPECT_EQ(answer.criticism.held_out.size(), 4u);
  EXPECT_FALSE(answer.criticism.next_runs.empty());
  EXPECT_NEAR(answer.predictions.front().extrapolation, 1e18 / 6.4e16, 1e-9);
  target.compute = 1e21;
  const LawAnswer far = AnswerLaw({"compute", points, {}, options, {target}, false});
  EXPECT_FALSE(far.ok());
  const auto* none = FindWarning<warning::NoPrediction>(far.law.warnings);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reach.variable, Variable::kCompute);
}

// Sizes reach as tokens do.
TEST(AnswerLaw, RefusesParamsBeyond1000TimesTheLargest) {
  std::vector<Point> points;
  for (const double params : {1e4, 1e5, 1e6}) {
    for (Point point : Losses({1e6, 4e6, 1.6e7})) {
      point.params = params;
      point.loss += 5 * std::pow(params, -0.4);
      points.push_back(point);
    }
  }
  Point target = At(1e7);
  target.params = 2e9;
  const LawAnswer answer = AnswerLaw({"size-data", points, {}, {}, {target}, false});
  EXPECT_FALSE(answer.ok());
  EXPECT_EQ(answer.predictions.front().extrapolation, 2000);
  const auto* none = FindWarning<warning::NoPrediction>(answer.law.warnings);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reach.variable, Variable::kParams);
}

// A size whose optimum is censored carries no law of the best rate.
TEST(AnswerLaw, ACensoredSizeReachesNowhere) {
  std::vector<Point> points;
  for (const double tokens : {1e6, 2e6, 4e6, 8e6, 6.4e8}) {
    for (int step = -2; step <= 2; ++step) {
      Point point = At(tokens);
      point.lr = 0.01 * std::pow(2, step);
      const double z = tokens > 1e7 ? step - 3.0 : step - 0.1;
      point.loss = std::exp(0.05 * z * z);
      points.push_back(point);
    }
  }
  const LawAnswer answer = Answer("lr", points, 6.4e8);
  ASSERT_TRUE(answer.law.ok());
  EXPECT_NEAR(answer.predictions.front().extrapolation, 80, 1e-9);
  const auto* censored = FindWarning<warning::CensoredOptimum>(answer.law.warnings);
  ASSERT_NE(censored, nullptr);
  EXPECT_EQ(censored->censoring, Censoring::kGridHigh);
  EXPECT_EQ(censored->best_lr, 0.04);
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
  const auto* lacks = FindWarning<warning::PlaceLacks>(answer.refused_predictions);
  ASSERT_NE(lacks, nullptr);
  EXPECT_EQ(lacks->law, "data");
  EXPECT_EQ(lacks->lacking, std::vector{Variable::kTokens});
}

// The whole of what `saelaw fit --csv` does, with the self-criticism. Under a sanitizer a tenth of
// the points are enough: there the time is not the question.
TEST(AnswerLaw, AMillionPointsAreAnswered) {
#if defined(__SANITIZE_ADDRESS__)
  constexpr int kPoints = 100'000;
#else
  constexpr int kPoints = 1'000'000;
#endif
  std::vector<Point> points;
  for (int i = 0; i < kPoints; ++i) {
    Point point;
    point.tokens = 1e6 * (1 + i % 1000);
    point.loss = (0.5 + 10 * std::pow(point.tokens, -0.3)) * (1 + 0.001 * std::sin(0.7 * i));
    points.push_back(point);
  }
  FitOptions options;
  options.estimator = Estimator::kHuberLog;
  options.interval_method = IntervalMethod::kBootstrapResidual;
  const LawAnswer answer = AnswerLaw({"data", points, {}, options, {At(1e10)}, false});
  EXPECT_NEAR(answer.law.Get("exponent"), 0.3, 1e-3);
  EXPECT_TRUE(answer.predictions[0].prediction.known());
  const auto* thinned = FindWarning<warning::Thinned>(answer.criticism.warnings);
  ASSERT_NE(thinned, nullptr);
  EXPECT_EQ(thinned->kept, 5000u);
}

// Who wants none gets none; and intervals of none are none in what is held out.
TEST(AnswerLaw, CriticisesOnlyWhenAsked) {
  const std::vector<Point> points = Losses({1e6, 2e6, 4e6, 8e6, 1.6e7});
  LawQuestion question{"data", points, {}, {}, {At(1e8)}, false};
  question.options.interval_method = IntervalMethod::kNone;
  const LawAnswer whole = AnswerLaw(question);
  ASSERT_EQ(whole.criticism.held_out.size(), 5u);
  EXPECT_FALSE(whole.criticism.held_out[0].prediction.prediction.known());
  question.criticise = false;
  EXPECT_TRUE(AnswerLaw(question).criticism.empty());
}

// A valley in rate and batch at three sizes: the law is asked without either.
TEST(AnswerLaw, PredictsAtTheBestOfWhatAPlaceLeavesOpen) {
  std::vector<Point> points;
  for (const double scale : {0.25, 1.0, 4.0}) {
    for (const double batch : {0.25, 0.5, 1.0, 2.0}) {
      for (int step = -3; step <= 3; ++step) {
        const double lr = std::pow(2, step);
        Point point;
        point.params = 1e8 * scale;
        point.tokens = 1e10 * scale * (step % 2 == 0 ? 1 : 2);
        point.batch = 512 * batch;
        point.lr = 1e-3 * lr;
        point.loss = 1.5 + std::pow(point.tokens / 1e10, -0.3) + 0.5 * std::pow(scale, -0.3) +
                     0.05 * (1 / lr + lr / batch + batch);
        points.push_back(point);
      }
    }
  }
  Point open;
  open.params = 1e8;
  open.tokens = 1e10;
  Point named = open;
  named.lr = 1e-3;
  named.batch = 512;
  FitOptions options = TableOptions(Estimator::kLeastSquaresLog);
  options.interval_method = IntervalMethod::kNone;
  LawQuestion question{"lr-batch-size-data", points, {}, options, {open, named}};
  question.criticise = question.discrepancy = false;
  const LawAnswer answer = AnswerLaw(question);
  ASSERT_TRUE(answer.ok()) << testing::Why(answer.law);
  ASSERT_EQ(answer.best_pairs.size(), 1u);
  const BestPair& best = answer.best_pairs[0];
  EXPECT_EQ(answer.predictions[0].at.lr, best.at.lr);
  EXPECT_EQ(answer.predictions[0].value, best.value);
  // No pair of the law is better than the best, and the known one is near it.
  EXPECT_LE(best.value, answer.predictions[1].value * (1 + 1e-9));
  EXPECT_NEAR(best.value, answer.predictions[1].value, 0.01 * best.value);
  // Without a place it is that of the largest run.
  question.at.clear();
  const LawAnswer unasked = AnswerLaw(question);
  ASSERT_EQ(unasked.best_pairs.size(), 1u);
  EXPECT_EQ(unasked.best_pairs[0].at.params, 4e8);
  EXPECT_EQ(unasked.best_pairs[0].at.tokens, 8e10);
}

}  // namespace
}  // namespace saelaw
