#include "report/tables/law_tables.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"
#include "report/render/text.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks
using testing::HasSubstr;
using testing::Not;

std::string Text(Blocks blocks) {
  Document document;
  document.blocks = std::move(blocks);
  return RenderText(document, {});
}

TEST(LawBlocks, SayWhatTheLawIsReadWith) {
  LawFit law = made_up::LossLaw();
  law.converged = false;
  law.centres = {{"tokens", 65536}};
  const std::string text = Text(LawBlocks(law, "/laws/loss"));
  EXPECT_THAT(text,
              HasSubstr("8 points, least squares on ln; intervals: profile/F; residual 0.21 % "
                        "rms of the loss; seed noise 0.18 %; NOT CONVERGED"));
  EXPECT_THAT(text, HasSubstr("Intervals take for granted: points are independent"));
  EXPECT_THAT(text, HasSubstr("tokens over 65536"));
}

TEST(LawBlocks, OfAnEdgeSpeakOfNoResidual) {
  LawFit edge = made_up::LossLaw();
  edge.info = &LrEdgeLaw();
  const std::string text = Text(LawBlocks(edge, ""));
  EXPECT_THAT(text, Not(HasSubstr("residual")));
  EXPECT_THAT(text, Not(HasSubstr("take for granted")));
}

TEST(LawBlocks, PointAtParametersAndIntervals) {
  const Blocks blocks = LawBlocks(made_up::LossLaw(), "/laws/loss");
  const auto& table = std::get<Table>(blocks.back().content);
  const Row& exponent = table.rows.at(2);
  EXPECT_EQ(exponent.cells.at(1).line.front().pointer, "/laws/loss/params/exponent");
  EXPECT_EQ(exponent.cells.at(2).line.front().pointer, "/laws/loss/intervals/exponent");
}

TEST(SearchedLawBlocks, TellOfTheSearchWhereThereWasOne) {
  LawFit law = made_up::LossLaw();
  EXPECT_THAT(Text(SearchedLawBlocks(law, "")), HasSubstr("60 of 64 starts at the best"));
  law.starts_tried = 0;
  EXPECT_THAT(Text(SearchedLawBlocks(law, "")), Not(HasSubstr("starts")));
  EXPECT_THAT(Text(SearchedLawBlocks(made_up::Refused("data"), "")),
              testing::StartsWith("  No law: the lr law needs at least 3 sizes"));
}

TEST(OptimaTable, KeepsACensoredRateApart) {
  const LrOptimum optima[] = {made_up::Optimum(32768, Censoring::kNone),
                              made_up::Optimum(65536, Censoring::kCliff)};
  const Table table = OptimaTable(optima, "/laws/lr");
  EXPECT_EQ(table.rows.at(0).mark, Mark::kNone);
  EXPECT_EQ(MakeText(table.rows.at(0).cells.at(7).line), "5 points");
  EXPECT_EQ(table.rows.at(1).mark, Mark::kFaint);
  EXPECT_EQ(MakeText(table.rows.at(1).cells.at(2).line), "-");
  EXPECT_EQ(MakeText(table.rows.at(1).cells.at(7).line), "not fitted: cliff");
}

TEST(DroppedBlocks, StopAtAScreenful) {
  std::vector<DroppedPoint> dropped(43, DroppedPoint{7, "loss is nan"});
  EXPECT_THAT(Text(DroppedBlocks(dropped)), HasSubstr("and 3 more, all in --json"));
  dropped.resize(40);
  EXPECT_THAT(Text(DroppedBlocks(dropped)), Not(HasSubstr("more")));
}

// What the user left out himself is no reading matter.
TEST(DroppedBlocks, JoinRowsOfOneReason) {
  std::vector<DroppedPoint> dropped;
  for (int row = 2; row < 60; ++row) dropped.push_back({row, "left out by --where arch=B"});
  dropped.push_back({61, "loss is nan"});
  const std::string text = Text(DroppedBlocks(dropped));
  EXPECT_THAT(text, HasSubstr("2 to 59  left out by --where arch=B"));
  EXPECT_THAT(text, HasSubstr("61  loss is nan"));
  EXPECT_THAT(text, Not(HasSubstr("more")));
}

TEST(PlaceText, NamesWhatThePointHas) {
  Point at;
  at.tokens = 2.1e9;
  at.batch = 4096;
  EXPECT_EQ(PlaceText(at), "tokens 2.1B, batch 4.096K");
}

}  // namespace
}  // namespace saelaw
