#include "report/tables/data_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(FactText, SaysOutliersAndMixing) {
  EXPECT_EQ(FactText(fact::HeldOut{16'320, 64}),
            "held-out losses are measured on 16.3K vectors of 64 documents");
  EXPECT_THAT(FactText(fact::Mixing{20'320, 160, 1.01, false}),
              HasSubstr("about 160 contexts; design effect of a batch 1.01"));
  EXPECT_THAT(FactText(fact::Mixing{20'320, 160, 2.5, true}),
              EndsWith("a larger activations.mixing_tokens lowers it"));
  EXPECT_THAT(FactText(fact::Outliers{3, 65'536, 10, true}),
              StartsWith("outliers: 3 of 65536 measured vectors have more than 10 times"));
}

TEST(FactText, WarnsOfAModelThatKnowsNothing) {
  using Judged = fact::CrossEntropy::Judged;
  EXPECT_EQ(FactText(fact::CrossEntropy{2.6, 10.8, Judged::kUsual}),
            "the language model's own cross-entropy on held-out text is 2.60 nats");
  const std::string poor = FactText(fact::CrossEntropy{7, 10.8, Judged::kPoor});
  EXPECT_THAT(poor, StartsWith("warning: the language model's own cross-entropy"));
  EXPECT_THAT(poor, HasSubstr("where 2 to 4 are usual"));
  EXPECT_THAT(FactText(fact::CrossEntropy{10.4, 10.8, Judged::kGuessing}),
              HasSubstr("as guessing among all tokens has (10.80)"));
}

TEST(FactTexts, KeepTheirOrder) {
  const auto texts = FactTexts({fact::HeldOut{1, 1}, fact::StrongMean{0.75}});
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_THAT(texts[1],
              HasSubstr("has 0.75 of their mean squared norm, so what is to be learned "
                        "has 0.25"));
}

}  // namespace
}  // namespace saelaw
