#include "fit/rates/valley_shape.h"

#include <cmath>
#include <utility>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(ValleyShape, IsAParabolaWithoutFurtherParameters) {
  const ValleyShape shape{std::log(0.03)};
  EXPECT_NEAR(shape.Rise(2), 0.12, 1e-15);
  EXPECT_NEAR(shape.Rise(-2), 0.12, 1e-15);
  EXPECT_EQ(shape.Rise(0), 0);
}

// .05 to the left and .4 to the right: a mean of ln curvature and half the difference.
TEST(ValleyShape, HasACurvatureOnEachSide) {
  const ValleyShape shape{std::log(0.05 * 0.4) / 2, std::log(0.4 / 0.05) / 2};
  EXPECT_NEAR(shape.Rise(-1), 0.05, 1e-15);
  EXPECT_NEAR(shape.Rise(1), 0.4, 1e-15);
}

// The loss rises by a tenth of itself, whatever its logarithm then does.
TEST(ValleyShape, RisesByAShareOfTheLoss) {
  ValleyShape shape{std::log(0.1)};
  shape.relative = true;
  EXPECT_NEAR(shape.Rise(1), std::log(1.1), 1e-15);
}

TEST(ValleyShape, IsFlatAtTheBottom) {
  const ValleyShape shape{0, 0, 0, 0.5};
  EXPECT_EQ(shape.Rise(0.4), 0);
  EXPECT_NEAR(shape.Rise(-1.5), 1, 1e-15);
}

// Central differences on both sides of the optimum.
TEST(ValleyShape, GivesItsDerivatives) {
  constexpr double kStep = 1e-6;
  for (const auto& [z, relative] :
       {std::pair(-1.3, false), std::pair(0.7, false), std::pair(0.7, true)}) {
    const ValleyShape shape{-2, 0.3, 0.2, 0.1, relative};
    const ValleyRise rise = ComputeRise(shape, z);
    const auto slope = [at = z, &shape](double ValleyShape::*member) {
      ValleyShape up = shape;
      ValleyShape down = shape;
      up.*member += kStep;
      down.*member -= kStep;
      return (up.Rise(at) - down.Rise(at)) / (2 * kStep);
    };
    EXPECT_NEAR(rise.by_curvature, slope(&ValleyShape::log_curvature), 1e-8);
    EXPECT_NEAR(rise.by_skew, slope(&ValleyShape::skew), 1e-8);
    EXPECT_NEAR(rise.by_power, slope(&ValleyShape::log_power), 1e-8);
    EXPECT_NEAR(rise.by_flat, slope(&ValleyShape::flat), 1e-8);
    const double by_z = (shape.Rise(z + kStep) - shape.Rise(z - kStep)) / (2 * kStep);
    EXPECT_NEAR(rise.by_z, by_z, 1e-8);
  }
}

TEST(ValleyShape, KindsSayWhatIsFree) {
  EXPECT_EQ(Name(ValleyKind::kSkewedPower), "skewed power");
  EXPECT_TRUE(HasSkew(ValleyKind::kSkewedPower) && HasPower(ValleyKind::kSkewedPower));
  EXPECT_FALSE(HasSkew(ValleyKind::kPower) || HasFlat(ValleyKind::kPower));
  EXPECT_TRUE(HasFlat(ValleyKind::kPlateau));
}

}  // namespace
}  // namespace saelaw
