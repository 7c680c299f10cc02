#include "report/render/text.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

std::string Text(Blocks blocks, bool colour = false) {
  Document document;
  document.blocks = std::move(blocks);
  return RenderText(document, {colour});
}

TEST(RenderText, PutsWarningsBeforeTheTitle) {
  Document document{"Title", "", {"look out"}};
  document.blocks = {Section{"First", {Paragraph{{"a", " b"}}}}};
  EXPECT_EQ(RenderText(document, {}), "! look out\nTitle\n\nFirst\n  a b\n");
}

TEST(RenderText, LeavesOutWhatIsForPages) {
  Section on_demand{"All runs", {Paragraph{{"runs"}}}, Audience::kOnDemand};
  Section untitled{"The laws", {Paragraph{{"laws"}}}};
  untitled.titled = Audience::kPages;
  untitled.note = "how to read it";
  EXPECT_EQ(Text({on_demand, untitled, Figure{"loss", "Loss", ""}, Verbatim{"file"}}), "  laws\n");
}

TEST(RenderText, LeavesOutColumnsForPages) {
  Table table({{"shown"}, {"hidden", Align::kRight, Audience::kPages}, {"last"}});
  table.Add({"1", "2", "3"});
  EXPECT_EQ(Text({table}), "  shown  last\n  -----  ----\n      1     3\n");
}

TEST(RenderText, SaysInPlaceOfAnEmptyTableWhatItSaysOnPages) {
  EXPECT_EQ(Text({Table({{"field"}}, "Nowhere.")}), "  Nowhere.\n");
}

TEST(RenderText, ColoursWarningsAndRefusalsOnly) {
  EXPECT_EQ(Text({Refusal("no law"), Unbroken({"a", {"; b", "", Tone::kWarning}})}, true),
            "\033[33m  no law\n\033[0m  a\033[33m; b\033[0m\n");
}

TEST(RenderText, TakesEscapeSequencesOutOfEveryBlock) {
  const std::string evil = "\033[2J";
  Table table({{evil}});
  table.Add({evil});
  const std::string text = Text({Paragraph{{evil}},
                                 Unbroken({evil}),
                                 Bullets{{evil}},
                                 Facts{{evil, {evil}}},
                                 table,
                                 Section{evil, {}}});
  EXPECT_EQ(text.find('\033'), std::string::npos);
}

}  // namespace
}  // namespace saelaw
