#include "report/render/text_table.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(TextTable, AlignsByCharactersNotBytes) {
  TextTable table({{"name", document::Align::kLeft}, {"value"}});
  table.Add({"λ·‖x‖₀", "1"});
  table.Add({"a", "12345"});
  table.Add({"b"});
  EXPECT_EQ(table.Text(),
            "  name    value\n"
            "  ------  -----\n"
            "  λ·‖x‖₀      1\n"
            "  a       12345\n"
            "  b\n");
}

TEST(Wrapped, BreaksBetweenWordsAndIndents) {
  EXPECT_EQ(Wrapped("one two three four", "! ", 12), "! one two\n  three four\n");
  EXPECT_EQ(Wrapped("averyveryverylongword", "  ", 8), "  averyveryverylongword\n");
}

}  // namespace
}  // namespace saelaw
