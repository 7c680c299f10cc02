#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/documents.h"
#include "report/made_up.h"
#include "report/render/formats.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks
using testing::HasSubstr;
using testing::Not;

std::string Markdown(Blocks blocks, const std::string& figures = "") {
  Document document;
  document.blocks = std::move(blocks);
  return FormatNamed("markdown").render(document, {false, figures});
}

TEST(RenderMarkdown, AlignsColumnsAndMarksWhatIsBad) {
  Table table({{"run", Align::kLeft}, {"loss"}});
  table.Add({"a", "0.5"});
  table.Add({"b", ""}, Mark::kBad);
  EXPECT_EQ(Markdown({table}), "| run | loss |\n|---|---:|\n| a | 0.5 |\n| **b** |  |\n\n");
}

TEST(RenderMarkdown, EscapesWhatItWouldRead) {
  EXPECT_EQ(Markdown({Paragraph{{"d_sae | *x* <b> _y_"}}}),
            "d_sae \\| \\*x\\* \\<b\\> \\_y\\_\n\n");
}

TEST(RenderMarkdown, NestsHeadings) {
  EXPECT_EQ(Markdown({Section{"Outer", {Section{"Inner", {Bullets{{"one"}}}}}}}),
            "## Outer\n\n### Inner\n\n- one\n\n");
}

TEST(RenderMarkdown, LinksFiguresWhereThereAreFiles) {
  const Figure figure{"loss", "Loss", "how to read it"};
  EXPECT_EQ(Markdown({figure}, "my figures"),
            "![Loss](<my figures/loss.svg>)\n\nhow to read it\n\n");
  EXPECT_EQ(Markdown({figure}), "Figure: Loss. how to read it\n\n");
}

TEST(RenderMarkdown, FencesFilesThatHoldFences) {
  EXPECT_EQ(Markdown({Verbatim{"a\n```\n"}}), "````\na\n```\n````\n\n");
}

TEST(RenderMarkdown, ShowsTheWholeReport) {
  const std::string text =
      FormatNamed("markdown").render(ReportDocument(made_up::TheReport()), {false, "figures"});
  EXPECT_THAT(text, HasSubstr("# Report on sweep made-up \\<script\\>"));
  EXPECT_THAT(text, HasSubstr("> **!** DEMONSTRATION"));
  EXPECT_THAT(text, HasSubstr("## All 41 runs"));
  EXPECT_THAT(text, HasSubstr("](<figures/sweeps.svg>)"));
  EXPECT_THAT(text, Not(HasSubstr("\n\n\n")));
}

}  // namespace
}  // namespace saelaw
