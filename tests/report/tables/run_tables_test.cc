#include "report/tables/run_tables.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

TEST(RunTable, MarksRunsThatFailed) {
  Findings findings;
  findings.runs = {made_up::Run(32768, 0.004, 0), made_up::Run(32768, 0.032, 0)};
  findings.runs.back().outcome = Outcome::kCollapsed;
  findings.runs.front().short_run = true;
  const Table table = RunTable(findings);
  EXPECT_EQ(table.rows.at(0).mark, Mark::kNone);
  EXPECT_EQ(MakeText(table.rows.at(0).cells.at(5).line), "completed, short");
  EXPECT_EQ(table.rows.at(1).mark, Mark::kBad);
}

TEST(LeftOutBlocks, CountRunsThatAreElsewhereByDesign) {
  Findings findings;
  StudyRun lr = made_up::Run(32768, 0.008, 0);
  lr.left_out = LeftOut{left_out::OtherRate{0.008, 0.004}};
  findings.runs = {lr};
  Blocks blocks = LeftOutBlocks(findings);
  EXPECT_EQ(MakeText(std::get<Paragraph>(blocks.front().content).line), "none that failed");
  EXPECT_EQ(MakeText(std::get<Paragraph>(blocks.back().content).line),
            "and 1 run of the lr law and the hold-out");
  findings.runs.front().outcome = Outcome::kDiverged;
  blocks = LeftOutBlocks(findings);
  const auto& table = std::get<Table>(blocks.front().content);
  EXPECT_EQ(table.rows.front().cells.at(1).line.front().pointer, "/runs/0/tokens");
}

TEST(HeldOutParagraph, SpeaksOfTheRunWithTheMedianError) {
  Findings findings;
  for (const double share : {0.01, 0.5, 0.02}) {
    StudyRun run = made_up::Run(32768, 0.004, 0);
    run.final.se.loss = share * run.final.loss;
    findings.runs.push_back(run);
  }
  const Blocks blocks = HeldOutParagraph(findings);
  ASSERT_EQ(blocks.size(), 1);
  EXPECT_THAT(MakeText(std::get<Paragraph>(blocks.front().content).line),
              testing::HasSubstr("± 2 % (standard error by document)"));
}

TEST(HeldOutParagraph, IsAbsentWhereNoResultSays) {
  Findings findings;
  findings.runs = {made_up::Run(32768, 0.004, 0)};
  EXPECT_TRUE(HeldOutParagraph(findings).empty());
}

}  // namespace
}  // namespace saelaw
