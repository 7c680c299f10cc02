#include "study/findings/loss_line.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// y = 1 + 2·ln loss at four sizes, with `off` added at the largest.
std::vector<LossLinePoint> Line(double off) {
  return {{1e5, std::log(0.8), 1 + 2 * std::log(0.8)},
          {2e5, std::log(0.6), 1 + 2 * std::log(0.6)},
          {4e5, std::log(0.5), 1 + 2 * std::log(0.5)},
          {8e5, std::log(0.4), 1 + 2 * std::log(0.4) + off}};
}

TEST(LossLine, FindsALineExactly) {
  const LossLine line(Line(0));
  ASSERT_TRUE(line.ok());
  EXPECT_NEAR(line.At(std::log(0.3)), 1 + 2 * std::log(0.3), 1e-12);
  EXPECT_NEAR(line.HalfWidth(std::log(0.3), 0.95), 0, 1e-6);
}

// What the line of the smaller sizes missed the largest by is an error of the line beyond it.
TEST(LossLine, IsWiderThanItsMissOfTheLargestSize) {
  const LossLine line(Line(0.3));
  EXPECT_GT(line.HalfWidth(std::log(0.3), 0.95), 0.3);
}

TEST(LossLine, NeedsThreeSizesThatDiffer) {
  EXPECT_FALSE(LossLine().ok());
  std::vector<LossLinePoint> two = Line(0);
  two.resize(2);
  two.push_back(two.back());
  EXPECT_FALSE(LossLine(two).ok());
  EXPECT_FALSE(LossLine({{1, 0.5, 1}, {2, 0.5, 2}, {3, 0.5, 3}}).ok());
}

}  // namespace
}  // namespace saelaw
