#include "fit/rates/valley_words.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

ValleyLaw Some() {
  ValleyLaw law;
  law.candidates.resize(3);
  law.candidates[0].weight = 0.9;
  law.candidates[1].kind = ValleyKind::kSkewed;
  law.candidates[1].weight = 0.09;
  law.candidates[2].kind = ValleyKind::kPower;
  law.candidates[2].weight = 0.01;
  return law;
}

TEST(ListShapes, NamesThoseThatCount) {
  const auto shapes = ListShapes(Some()).shapes;
  ASSERT_EQ(shapes.size(), 2u);
  EXPECT_EQ(shapes[0].name, "parabola");
  EXPECT_NEAR(shapes[0].weight, 0.9, 0.005);
  EXPECT_EQ(shapes[1].name, "skewed");
}

TEST(WarnOfMisfit, SaysBothFigures) {
  ValleyLaw law = Some();
  FitWarnings warnings;
  WarnOfMisfit(law, warnings);
  EXPECT_TRUE(warnings.empty());
  law.misfit = law.scatters = true;
  law.misses_by = 0.029;
  law.replicate_square = 0.005 * 0.005 * 30;
  law.replicate_df = 30;
  law.scatter_ratio = 4.2;
  WarnOfMisfit(law, warnings);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_EQ(std::get<warning::OptimaScatter>(warnings[0]).times, 4.2);
  EXPECT_EQ(std::get<warning::ValleysMiss>(warnings[1]).misses_by, 0.029);
  EXPECT_NEAR(std::get<warning::ValleysMiss>(warnings[1]).replicates_sd, 0.005, 1e-12);
}

}  // namespace
}  // namespace saelaw
