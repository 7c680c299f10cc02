#include "fit/solve/scattered_line.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Independent points of sd 0.1 at 0, 1, ..., with `own` as a pattern of what they are off the line
// 2 - x.
ScatteredLine Line(int points, double own) {
  Vector design;
  Vector y;
  Vector covariance(static_cast<std::size_t>(points) * static_cast<std::size_t>(points), 0.0);
  for (int i = 0; i < points; ++i) {
    design.insert(design.end(), {1, static_cast<double>(i)});
    y.push_back(2.0 - i + (i % 2 == 0 ? own : -own));
    covariance[static_cast<std::size_t>(i * points + i)] = 0.01;
  }
  return FitScatteredLine(design, y, covariance);
}

TEST(FitScatteredLine, IsLeastSquaresWherePointsAgree) {
  const ScatteredLine line = Line(5, 0.05);
  EXPECT_EQ(line.sd, 0);
  EXPECT_NEAR(line.coefficients[1], -1, 1e-9);
  // 0.01 over the sum of squares about the mean, 10.
  EXPECT_NEAR(line.covariance[3], 0.001, 1e-9);
}

// A pattern of ±1 on ten points: their own variance is about 1, with 8 df, less 0.01.
TEST(FitScatteredLine, FindsWhatPointsScatter) {
  const ScatteredLine line = Line(10, 1);
  EXPECT_NEAR(line.sd * line.sd, 10.0 / 8 - 0.01, 0.1);
  EXPECT_NEAR(line.covariance[3], (line.sd * line.sd + 0.01) / 82.5, 1e-6);
}

// Two points that err alike count for hardly more than one.
TEST(FitScatteredLine, KnowsWhatIsCorrelated) {
  const Vector design = {1, 1, 1};
  const double c = 0.0099;
  const ScatteredLine line =
      FitScatteredLine(design, {0, 0, 0.03}, {0.01, c, 0, c, 0.01, 0, 0, 0, 0.01});
  EXPECT_NEAR(line.coefficients[0], 0.015, 0.0005);
}

}  // namespace
}  // namespace saelaw
