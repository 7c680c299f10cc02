#include "report/tables/advice_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

const Fact& FactNamed(const Facts& facts, const std::string& name) {
  for (const Fact& fact : facts) {
    if (fact.name == name) return fact;
  }
  ADD_FAILURE() << "no fact " << name;
  return facts.front();
}

TEST(AnswerFacts, PointAtTheirNumbers) {
  const Facts facts = AnswerFacts(made_up::TheRecommendation(), "", "/recommendation");
  const Line& lr = FactNamed(facts, "learning rate").value;
  EXPECT_EQ(lr.front().pointer, "/recommendation/lr");
  const Line& loss = FactNamed(facts, "loss at 4.194M tokens, d_sae 1152").value;
  EXPECT_EQ(loss.front().pointer, "/recommendation/loss_predicted");
  EXPECT_EQ(loss.at(3).pointer, "/recommendation/loss_interval");
}

TEST(AnswerFacts, WithholdARefusedRate) {
  Recommendation r = made_up::TheRecommendation();
  r.refused = true;
  EXPECT_EQ(MakeText(FactNamed(AnswerFacts(r, "", ""), "learning rate").value),
            "withheld: see the first warning");
}

TEST(AnswerFacts, SayWhatStayingBelowTheEdgeCosts) {
  Recommendation r = made_up::TheRecommendation();
  r.lr_basis = LrBasis::kStabilityEdge;
  r.lr_optimum = {2 * r.lr, {}};
  r.lr_cost = {0.05, {0.02, 0.08}};
  const Facts facts = AnswerFacts(r, "", "");
  EXPECT_EQ(MakeText(FactNamed(facts, "cost of being held below it, % of the loss").value),
            "5 (95 % interval 2 to 8)");
}

TEST(HoldOutTable, MarksWhatLiesOutside) {
  HoldOutCheck check = made_up::HoldOut();
  check.inside = false;
  const Block block = HoldOutTable(std::vector{check}, "/holdout");
  const auto& table = std::get<Table>(block.content);
  EXPECT_EQ(table.rows.front().mark, Mark::kBad);
  EXPECT_EQ(table.rows.front().cells.at(5).line.front().pointer, "/holdout/0/measured");
}

TEST(HoldOutTable, SaysThatNothingWasPredicted) {
  const Block block = HoldOutTable({}, "/holdout");
  EXPECT_EQ(std::get<Paragraph>(block.content).tone, Tone::kRefusal);
}

TEST(TransferTable, MarksWhatNoLawCarries) {
  const Recommendation recommendation = made_up::TheRecommendation();
  const Table table = TransferTable(recommendation.transfer);
  EXPECT_EQ(table.rows.at(0).mark, Mark::kNone);
  EXPECT_EQ(table.rows.at(1).mark, Mark::kBad);
}

TEST(PriceBlocks, KeepsThePartsOfFlopForPages) {
  const Blocks blocks = PriceBlocks(made_up::Price(), "/price");
  const auto& table = std::get<Table>(blocks.front().content);
  EXPECT_EQ(table.columns.at(1).audience, Audience::kEverybody);
  EXPECT_EQ(table.columns.at(6).audience, Audience::kPages);
  EXPECT_EQ(table.rows.at(1).cells.at(6).line.front().pointer, "/price/exact/sae_flops");
}

}  // namespace
}  // namespace saelaw
