#include "study/design/rate_lattice.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

LrLawStage Stage() {
  LrLawStage stage;
  stage.factor = 2;
  return stage;
}

TEST(RateLattice, HasTheSameDoubleFromEverywhere) {
  for (const double factor : {2.0, 4.0, 1.5}) {
    LrLawStage stage = Stage();
    stage.factor = factor;
    const RateLattice lattice = MakeLattice(stage, 4e-3);
    int position = 0;
    for (int k = -20; k <= 20; ++k) {
      EXPECT_TRUE(lattice.Find(lattice.Rate(k), &position));
      EXPECT_EQ(position, k);
    }
    EXPECT_FALSE(lattice.Find(4.1e-3, &position));
    EXPECT_EQ(lattice.Rate(0), 4e-3);
    EXPECT_NEAR(lattice.Rate(lattice.steps), 4e-3 * factor, 1e-8);
  }
}

TEST(RateLattice, IsAsFineAsTheBisectionNeeds) {
  LrLawStage stage = Stage();
  EXPECT_EQ(MakeLattice(stage, 1).steps, 2);
  stage.factor = 4;
  EXPECT_EQ(MakeLattice(stage, 1).steps, 4);
  stage.factor = 1.5;
  EXPECT_EQ(MakeLattice(stage, 1).steps, 2);
  stage.bisect_to = 1.1;
  EXPECT_EQ(MakeLattice(stage, 1).steps, 8);
}

}  // namespace
}  // namespace saelaw
