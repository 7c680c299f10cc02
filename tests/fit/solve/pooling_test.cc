#include "fit/solve/pooling.h"

#include <cmath>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::At;
using testing::Contains;

constexpr double kExponent = 0.3;

double Truth(double tokens) { return 0.5 + std::pow(tokens / 1e6, -kExponent); }

// Five doublings, two streams that shift all their losses by 3 % up and down, noise of 0.1 %; of
// the second the largest run has failed.
std::vector<Point> OneRunLost() {
  std::vector<Point> points;
  for (int size = 0; size < 5; ++size) {
    for (int stream = 0; stream < 2; ++stream) {
      Point point = At(1e6 * std::pow(2, size));
      point.stream = point.seed = stream + 1;
      const double sign = static_cast<double>(points.size() * 7 % 5) / 2 - 1;
      point.loss = Truth(point.tokens) * std::exp(0.001 * sign + (stream == 0 ? -0.03 : 0.03));
      points.push_back(point);
    }
  }
  points.pop_back();
  return points;
}

// Reference: V^-1 by a general inverse, V = within·1 + shared·w w' for the points of a cluster.
TEST(Pooling, LeavesSquaresThatAreThoseOfTheInverseCovariance) {
  constexpr double kWithin = 0.7, kShared = 2.5;
  Sample sample;
  sample.w = {1, 0.5, 2, 1.5, 1};
  sample.y.assign(5, 0.0);
  sample.setting = {0, 1, 2, 0, 2};
  sample.cluster = {0, 0, 0, 1, 1};
  sample.clusters = 2;
  Eigen::VectorXd r(5);
  r << 0.3, -1.2, 2.1, 0.4, -0.9;
  Eigen::MatrixXd covariance = kWithin * Eigen::MatrixXd::Identity(5, 5);
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) {
      const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
      if (sample.cluster[a] == sample.cluster[b]) {
        covariance(i, j) += kShared * sample.w[a] * sample.w[b];
      }
    }
  }
  const double expected = kWithin * r.dot(covariance.inverse() * r);
  sample.pooling = ComputePooling(sample, kWithin, kShared);
  ASSERT_EQ(sample.pooling.size(), 2U);
  Pool(sample, r.data());
  EXPECT_NEAR(r.squaredNorm(), expected, 1e-12);
}

TEST(Pooling, IsNothingWhereItChangesNothing) {
  Sample sample;
  sample.w.assign(4, 1.0);
  sample.y.assign(4, 0.0);
  sample.setting = {0, 1, 0, 1};
  sample.cluster = {0, 0, 1, 1};
  sample.clusters = 2;
  EXPECT_TRUE(Balanced(sample));
  sample.w = {1, 2, 2, 4};
  EXPECT_TRUE(Balanced(sample));
  sample.w[0] = 2;
  EXPECT_FALSE(Balanced(sample));
  sample.setting = {0, 1, 0, 2};
  EXPECT_FALSE(Balanced(sample));
  EXPECT_TRUE(ComputePooling(sample, 1, 0).empty());
  EXPECT_TRUE(ComputePooling(sample, 1, -1).empty());
}

// What plain least squares make of it: the largest size is 3 % too low, and so the law falls on.
TEST(Pooling, ALostRunDoesNotBendTheLaw) {
  const LawFit pooled = FitLaw("data", OneRunLost(), {});
  std::vector<Point> unknown = OneRunLost();
  for (Point& point : unknown) point.stream = 0;
  const LawFit plain = FitLaw("data", unknown, {});
  EXPECT_EQ(plain.estimator, "least squares on ln");
  EXPECT_EQ(pooled.estimator, "generalised least squares on ln, by stream");
  const Prediction far = pooled.Predict(At(1.28e8));
  EXPECT_LT(std::abs(std::log(far.value / Truth(1.28e8))), 0.01);
  EXPECT_GT(std::abs(std::log(plain.Predict(At(1.28e8)).value / Truth(1.28e8))), 0.05);
  EXPECT_TRUE(Contains(far.confidence, Truth(1.28e8)));
  EXPECT_NEAR(pooled.Get("exponent"), kExponent, 0.02);
}

// Reference: in the middle of the data three streams leave a level of variance shared/3, and a
// fourth brings it to shared/4, whatever the runs' own noise, which is far less.
TEST(Pooling, ANewRunBringsAStreamOfItsOwn) {
  std::vector<Point> points;
  for (int size = -2; size <= 2; ++size) {
    for (int stream = -1; stream <= 1; ++stream) {
      Point point = At(1e6 * std::pow(2, size));
      point.stream = point.seed = stream + 2;
      const double sign = static_cast<double>(points.size() * 7 % 5) / 2 - 1;
      point.loss =
          std::pow(point.tokens / 1e6, -kExponent) * std::exp(0.001 * sign + 0.05 * stream);
      points.push_back(point);
    }
  }
  const LawFit fit = FitLaw("power", points, {});
  EXPECT_EQ(fit.estimator, "least squares on ln");  // every stream is at every size
  EXPECT_NEAR(fit.narrowing(At(1e6), At(1e6)), std::sqrt(3.0 / 4), 0.01);
}

// The level is as uncertain as the streams' is; that each method says so, and of the exponent as
// little as there is to say.
TEST(Pooling, EveryMethodGoesByIt) {
  double widths[2] = {};
  for (const auto method : {IntervalMethod::kProfileF,
                            IntervalMethod::kSandwich,
                            IntervalMethod::kBootstrapParametric,
                            IntervalMethod::kBootstrapResidual}) {
    FitOptions options;
    options.interval_method = method;
    options.bootstrap_resamples = 400;
    const LawFit fit = FitLaw("data", OneRunLost(), options);
    const Interval& exponent = fit.Find("exponent")->interval;
    EXPECT_TRUE(Contains(exponent, kExponent)) << fit.interval_method;
    const double level = std::log(fit.Predict(At(4e6)).confidence.hi / fit.Predict(At(4e6)).value);
    if (method == IntervalMethod::kProfileF) {
      widths[0] = exponent.hi - exponent.lo;
      widths[1] = level;
      // t(1 df) of 3 %·√2/√2.
      EXPECT_NEAR(level, 12.7 * 0.03, 0.05);
    }
    EXPECT_NEAR((exponent.hi - exponent.lo) / widths[0], 1, 0.35) << fit.interval_method;
    EXPECT_NEAR(level / widths[1], 1, 0.2) << fit.interval_method;
  }
}

}  // namespace
}  // namespace saelaw
