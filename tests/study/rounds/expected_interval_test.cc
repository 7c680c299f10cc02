#include "study/rounds/expected_interval.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "study/advice/recommendation.h"
#include "study/world.h"

namespace saelaw {
namespace {

ExpectedInterval Expected(const Sweep& sweep, const Knowledge& knowledge) {
  return ExpectInterval(sweep, Study(sweep, knowledge, StudyDepth::kLaws));
}

TEST(ExpectInterval, IsWhatTheStudyThenGives) {
  World world;
  Sweep sweep = LlamaPlan();
  const ExpectedInterval before = Expected(sweep, {});
  ASSERT_TRUE(before.ok());
  EXPECT_GT(before.width(), 0);
  EXPECT_EQ(before.from.value().runs, 0);
  const Knowledge knowledge = RunStudyIn(world, sweep);
  const ExpectedInterval after = Expected(sweep, knowledge);
  ASSERT_TRUE(after.ok());
  const Recommendation advice = Recommend(sweep, Study(sweep, knowledge), false);
  const double given = advice.loss.interval.hi - advice.loss.interval.lo;
  EXPECT_NEAR(std::log(after.width() / given), 0, std::log(2.0));
  EXPECT_NEAR(after.loss, advice.loss.value, 0.02 * advice.loss.value);
}

TEST(ExpectInterval, NarrowsWithMoreSeedsAndIsRefusedWhereNoLawWillHold) {
  Sweep sweep = LlamaPlan();
  const double one = Expected(sweep, {}).width();
  sweep.lr_law.seeds = 4;
  EXPECT_LT(Expected(sweep, {}).width(), 0.8 * one);
  sweep.lr_law.d_sae = {4096};
  sweep.loss_law.d_sae = {4096, 8192};
  EXPECT_EQ(std::get<unforeseen::NoLawAtSize>(Expected(sweep, {}).refusal.value()).d_sae, 16384);
}

TEST(ExpectInterval, ForeseesNoneOfOtherLaws) {
  Sweep sweep = LlamaPlan();
  sweep.loss_law.law = "size-data";
  EXPECT_EQ(Expected(sweep, {}).width(), Expected(LlamaPlan(), {}).width());
  sweep.loss_law.law = "size-data-coupled";
  EXPECT_EQ(std::get<unforeseen::OtherLaw>(Expected(sweep, {}).refusal.value()).asked,
            "size-data-coupled");
}

}  // namespace
}  // namespace saelaw
