#include "fit/solve/distributions.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Reference: the tables of Abramowitz & Stegun, 26.10 (Student) and 26.9 (F).
TEST(Distributions, MatchTables) {
  EXPECT_NEAR(StudentTwoSided(0.95, 1), 12.7062, 1e-3);
  EXPECT_NEAR(StudentTwoSided(0.95, 4), 2.7764, 1e-4);
  EXPECT_NEAR(StudentTwoSided(0.99, 30), 2.7500, 1e-4);
  EXPECT_NEAR(StudentTwoSided(0.95, INFINITY), 1.959964, 1e-6);
  EXPECT_NEAR(NormalTwoSided(0.5), 0.674490, 1e-6);
  EXPECT_NEAR(FisherTail(3.4780, 4, 10), 0.05, 1e-5);
  EXPECT_NEAR(FisherTail(161.4476, 1, 1), 0.05, 1e-6);
  EXPECT_NEAR(NormalCdf(1.644854), 0.95, 1e-6);
}

}  // namespace
}  // namespace saelaw
