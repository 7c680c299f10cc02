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

TEST(ShapesOf, NamesThoseThatCount) {
  EXPECT_EQ(ShapesOf(Some()), "one shape for all valleys (parabola 90 %, skewed 9 %)");
}

TEST(WarnOfMisfit, SaysBothFigures) {
  ValleyLaw law = Some();
  std::vector<std::string> warnings;
  WarnOfMisfit(law, warnings);
  EXPECT_TRUE(warnings.empty());
  law.misfit = law.scatters = true;
  law.misses_by = 0.029;
  law.replicate_square = 0.005 * 0.005 * 30;
  law.replicate_df = 30;
  law.scatter_ratio = 4.2;
  WarnOfMisfit(law, warnings);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("4.2 times"), std::string::npos);
  EXPECT_NE(warnings[1].find("miss the mean losses by 2.9 %, replicates differ by 0.5 %"),
            std::string::npos);
}

}  // namespace
}  // namespace saelaw
