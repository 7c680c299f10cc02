#include "fit/noise/shared_noise.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::At;
using testing::Contains;

constexpr int kSizes = 6;
constexpr int kStreams = 3;

// loss = 0.5 + 10 tokens^-0.3 with alternating noise of 0.2 %; stream s is worse by `shift`·(s -
// 1).
std::vector<Point> Streams(double shift) {
  std::vector<Point> points;
  for (int size = 0; size < kSizes; ++size) {
    for (int stream = 0; stream < kStreams; ++stream) {
      Point point;
      point.tokens = 1e6 * std::pow(2, size);
      point.seed = stream;
      point.stream = stream + 1;
      const double sign = static_cast<double>(points.size() * 7 % 5) / 2 - 1;
      point.loss =
          (0.5 + 10 * std::pow(point.tokens, -0.3)) * std::exp(0.002 * sign + shift * (stream - 1));
      points.push_back(point);
    }
  }
  return points;
}

std::vector<Point> Unknown(std::vector<Point> points) {
  for (Point& point : points) point.stream = 0;
  return points;
}

double LogWidth(const Interval& interval) { return std::log(interval.hi / interval.lo); }

// Reference: an analysis of variance of two ways by hand. With every stream at every setting a
// stream's mean square is its n points' mean, and Satterthwaite's formula has its textbook form.
TEST(SharedNoise, CombinesMeanSquaresByTheirDegreesOfFreedom) {
  SharedNoise noise;
  noise.within = 1;
  noise.within_df = 10;
  noise.between = 13;
  noise.between_df = 2;
  noise.size = 6;
  EXPECT_EQ(noise.Shared(), 2);
  // A contrast within streams hangs on their own noise alone; a mean of all 18 on the streams'.
  EXPECT_EQ(Combine(noise, 0.5, 0).value, 0.5);
  EXPECT_EQ(Combine(noise, 0.5, 0).df, 10);
  EXPECT_NEAR(Combine(noise, 1.0 / 18, 3.0 / 9).value, 13.0 / 18, 1e-12);
  EXPECT_NEAR(Combine(noise, 1.0 / 18, 3.0 / 9).df, 2, 1e-9);
  // A new run: tau² + sigma².
  const Variance run = Combine(noise, 1, 1);
  EXPECT_NEAR(run.value, 3, 1e-12);
  const double a = 13.0 / 6;
  const double b = 5.0 / 6;
  EXPECT_NEAR(run.df, 9 / (a * a / 2 + b * b / 10), 1e-9);
  // The tables' t of 2 and 10 df, and of 3.7 (between those of 3 and 4).
  const double cochran = (a * 4.3027 + b * 2.2281) / 3;
  EXPECT_GT(run.Quantile(0.95), 0.2 * cochran + 0.8 * 2.7764);
  EXPECT_LT(run.Quantile(0.95), 0.2 * cochran + 0.8 * 3.1824);
  noise.between_df = 0;
  EXPECT_EQ(Combine(noise, 0.5, 3).value, 0.5);
}

TEST(SharedNoise, PureErrorIsWhatSettingsAndStreamsLeave) {
  Sample sample;
  sample.w.assign(6, 1.0);
  sample.y.assign(6, 0.0);
  sample.setting = {0, 0, 1, 1, 2, 2};
  sample.cluster = {0, 1, 0, 1, 0, 1};
  sample.clusters = 2;
  // Differences between the streams of 1, 2 and 3: their mean is the streams', 1 + 0 + 1 is left,
  // of which a difference of two has half.
  const Squares left = PureError(sample, {0, 1, 5, 7, 9, 12});
  EXPECT_NEAR(left.value, 1, 1e-12);
  EXPECT_EQ(left.df, 2);
  sample.cluster = {0, 1, 2, 3, 4, 5};
  sample.clusters = 6;
  EXPECT_NEAR(PureError(sample, {0, 1, 5, 7, 9, 12}).value, 7, 1e-12);
  EXPECT_EQ(PureError(sample, {0, 1, 5, 7, 9, 12}).df, 3);
}

// A shift common to all losses of a stream scales the law: its exponent is as sure as without.
TEST(SharedNoise, AShiftWidensTheLevelAndNotTheExponent) {
  const LawFit still = FitLaw("data", Streams(0), {});
  const LawFit moved = FitLaw("data", Streams(0.02), {});
  const LawFit unaware = FitLaw("data", Unknown(Streams(0.02)), {});
  EXPECT_EQ(moved.interval_method, "profile/F by stream");
  const auto exponent = [](const LawFit& fit) { return LogWidth(fit.Find("exponent")->interval); };
  EXPECT_NEAR(exponent(moved), exponent(still), 0.05 * exponent(still));
  EXPECT_GT(exponent(unaware), 3 * exponent(moved));
  // In the middle of the data the level is all there is: t(2 df) of 2 %/sqrt(3) either way, and of
  // a run sqrt(1 + 1/3) times 2 %.
  const Prediction middle = moved.Predict(At(5.6e6));
  EXPECT_NEAR(LogWidth(middle.confidence), 2 * 4.303 * 0.02 / std::sqrt(3), 0.015);
  EXPECT_NEAR(LogWidth(middle.prediction), 2 * 4.303 * 0.02 * std::sqrt(4.0 / 3), 0.03);
  EXPECT_EQ(std::get<assumption::Streams>(moved.assumption).streams, 3);
  EXPECT_TRUE(std::holds_alternative<assumption::NoStream>(unaware.assumption));
}

TEST(SharedNoise, EveryMethodCarriesIt) {
  for (const auto method : {IntervalMethod::kSandwich,
                            IntervalMethod::kBootstrapParametric,
                            IntervalMethod::kBootstrapResidual}) {
    for (const auto estimator : {Estimator::kLeastSquaresLog, Estimator::kHuberLog}) {
      FitOptions options;
      options.estimator = estimator;
      options.interval_method = method;
      options.bootstrap_resamples = 400;
      const LawFit fit = FitLaw("data", Streams(0.02), options);
      const double width = LogWidth(fit.Predict(At(5.6e6)).confidence);
      EXPECT_GT(width, 0.06) << fit.interval_method << ", " << fit.estimator;
      // A median goes by fewer points than a mean.
      const bool squares = estimator == Estimator::kLeastSquaresLog;
      EXPECT_LT(width, squares ? 0.15 : 0.4) << fit.interval_method << ", " << fit.estimator;
      const double exponent = LogWidth(fit.Find("exponent")->interval);
      // Points that counted as independent would have 1 and more.
      EXPECT_LT(exponent, squares ? 0.4 : 5) << fit.interval_method;
    }
  }
}

// A floor that wants to be negative narrows what the shape of the law says of its exponent. Of the
// level, which the streams shift by far more, it can tell nothing.
TEST(SharedNoise, AFloorOnItsBoundDoesNotNarrowWhatStreamsShift) {
  std::vector<Point> points = Streams(0.05);
  for (Point& point : points) {
    const double z = std::log(point.tokens / 5.6e6);
    point.loss = std::pow(point.tokens / 1e6, -0.3) * std::exp(-0.002 * z * z) *
                 std::exp(0.05 * static_cast<double>(point.stream - points[1].stream));
  }
  FitOptions fixed;
  fixed.floor_rule = FloorRule::kFixed;
  const LawFit free = FitLaw("data", points, {});
  ASSERT_TRUE(free.Find("floor")->on_bound);
  EXPECT_GE(LogWidth(free.Predict(At(5e7)).confidence),
            0.9 * LogWidth(FitLaw("data", points, fixed).Predict(At(5e7)).confidence));
}

// One stream throughout: trunks take its place.
TEST(SharedNoise, TrunksOfOneStreamAreClustersToo) {
  std::vector<Point> points = Streams(0.02);
  for (Point& point : points) {
    point.origin = point.stream;
    point.stream = 7;
  }
  const LawFit fit = FitLaw("data", points, {});
  const LawFit by_stream = FitLaw("data", Streams(0.02), {});
  EXPECT_NEAR(LogWidth(fit.Predict(At(5e7)).prediction),
              LogWidth(by_stream.Predict(At(5e7)).prediction),
              1e-6);
}

// Of a seed that is absent at some sizes, the shift is known from the others.
TEST(SharedNoise, ManagesUnevenDesigns) {
  std::vector<Point> points = Streams(0.02);
  points.erase(points.begin() + 16);
  points.erase(points.begin() + 9);
  points.erase(points.begin());
  const LawFit fit = FitLaw("data", points, {});
  ASSERT_TRUE(fit.ok());
  EXPECT_TRUE(Contains(fit.Find("exponent")->interval, 0.3));
  const double width = LogWidth(fit.Predict(At(5.6e6)).confidence);
  EXPECT_GT(width, 0.06);
  EXPECT_LT(width, 0.2);
}

}  // namespace
}  // namespace saelaw
