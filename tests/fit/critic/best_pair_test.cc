// The best rate and batch of a law whose valley is known: at size and data of 1 the loss is
// 1.5 + 1 + c (1/lr + lr/batch + batch), least at lr = batch^(1/2) with batch = 1 (derivatives).
#include "fit/critic/best_pair.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"

namespace saelaw {
namespace {

// What the law says is told directly, so that nothing depends on a fit.
LawFit KnownLaw() {
  LawFit fit;
  fit.info = &RequireLossLaw("lr-batch-size-data");
  fit.log_value = [](const Point& at) {
    return std::log(2.5 + 0.1 * (1 / at.lr + at.lr / at.batch + at.batch));
  };
  return fit;
}

Point RunAt(double lr, double batch) {
  Point point;
  point.params = point.tokens = 1;
  point.lr = lr;
  point.batch = batch;
  point.loss = 3;
  return point;
}

Point Place() {
  Point at;
  at.params = at.tokens = 1;
  return at;
}

TEST(FindBestPair, FindsTheFloorOfTheValley) {
  const std::vector<Point> runs = {RunAt(0.1, 0.3), RunAt(10, 0.3), RunAt(0.1, 7), RunAt(1.3, 1.2)};
  const auto pair = FindBestPair(KnownLaw(), runs, Place());
  ASSERT_TRUE(pair.has_value());
  EXPECT_NEAR(pair->at.lr, 1, 1e-3);
  EXPECT_NEAR(pair->at.batch, 1, 1e-3);
  EXPECT_NEAR(pair->value, 2.8, 1e-9);
  EXPECT_FALSE(pair->lr_at_end);
  EXPECT_FALSE(pair->batch_at_end);
  EXPECT_EQ(pair->nearest.lr, 1.3);
  EXPECT_EQ(pair->nearest.batch, 1.2);
  const double there = 2.5 + 0.1 * (1 / 1.3 + 1.3 / 1.2 + 1.2);
  EXPECT_NEAR(pair->nearest_value, there, 1e-12);
  EXPECT_NEAR(pair->regret, there / 2.8 - 1, 1e-9);
}

TEST(FindBestPair, KeepsWhatThePlaceNames) {
  const std::vector<Point> runs = {RunAt(0.1, 0.3), RunAt(10, 7)};
  Point at = Place();
  at.batch = 4;
  const auto pair = FindBestPair(KnownLaw(), runs, at);
  ASSERT_TRUE(pair.has_value());
  EXPECT_NEAR(pair->at.lr, 2, 1e-3);  // the root of the batch
  EXPECT_DOUBLE_EQ(pair->at.batch, 4);
}

TEST(FindBestPair, SaysWhereTheBestLiesAtAnEnd) {
  const std::vector<Point> runs = {RunAt(1.5, 2), RunAt(10, 7)};
  const auto pair = FindBestPair(KnownLaw(), runs, Place());
  ASSERT_TRUE(pair.has_value());
  EXPECT_TRUE(pair->batch_at_end);
  EXPECT_NEAR(pair->at.batch, 2, 1e-12);
  // At an end of 2 the best rate is the root of it, below the smallest that was measured.
  EXPECT_TRUE(pair->lr_at_end);
  EXPECT_NEAR(pair->at.lr, 1.5, 1e-12);
}

TEST(FindBestPair, IsNothingWithoutRateOrSize) {
  const std::vector<Point> runs = {RunAt(0.1, 0.3), RunAt(10, 7)};
  EXPECT_FALSE(FindBestPair(KnownLaw(), runs, {}).has_value());
  LawFit other = KnownLaw();
  other.info = &RequireLossLaw("size-data");
  EXPECT_FALSE(FindBestPair(other, runs, Place()).has_value());
}

}  // namespace
}  // namespace saelaw
