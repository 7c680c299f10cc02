#include "study/price/data_fact.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(FindDataFacts, AreOutliersAndMixing) {
  SourceSpec source;
  source.kind = SourceKind::kModel;
  Measurement measured;
  measured.held_out_tokens = 16'320;
  measured.held_out_documents = 64;
  measured.document_correlation = 0.0375;
  measured.measured_tokens = 65'536;
  measured.outliers = 3;
  measured.median_norm = 150;
  measured.largest_norm = 1500;
  const std::vector<DataFact> facts = FindDataFacts(source, 64, measured);
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(std::get<fact::HeldOut>(facts[0]).vectors, 16'320);
  EXPECT_EQ(std::get<fact::HeldOut>(facts[0]).documents, 64);
  const auto& mixing = std::get<fact::Mixing>(facts[1]);
  EXPECT_NEAR(mixing.contexts, 160, 1);
  EXPECT_NEAR(mixing.effect, 1.01, 0.005);
  EXPECT_FALSE(mixing.large);
  const auto& outliers = std::get<fact::Outliers>(facts[2]);
  EXPECT_EQ(outliers.vectors, 3);
  EXPECT_EQ(outliers.times, 10);
  EXPECT_TRUE(outliers.left_out);
}

TEST(FindDataFacts, AreNoneOfWhatIsNotKnown) {
  EXPECT_TRUE(FindDataFacts(SourceSpec(), 64, Measurement()).empty());
}

// ln 49,152 is 10.8; SmolLM2 has 2.6 on an ordinary paragraph.
TEST(FindDataFacts, HoldTheLanguageModelAgainstGuessing) {
  using Judged = fact::CrossEntropy::Judged;
  const auto judged = [](double own) {
    Measurement measured;
    measured.model_cross_entropy = own;
    measured.uniform_cross_entropy = 10.8;
    const std::vector<DataFact> facts = FindDataFacts(SourceSpec(), 64, measured);
    return std::get<fact::CrossEntropy>(facts.front()).judged;
  };
  EXPECT_EQ(judged(2.6), Judged::kUsual);
  EXPECT_EQ(judged(7), Judged::kPoor);
  EXPECT_EQ(judged(10.4), Judged::kGuessing);
}

}  // namespace
}  // namespace saelaw
