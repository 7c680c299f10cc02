#include "report/document/document.h"

#include <gtest/gtest.h>

namespace saelaw::document {
namespace {

TEST(FiguresIn, FindsThoseOfSectionsInOrder) {
  Figure first{"first", "", ""};
  Figure second{"second", "", ""};
  Document document;
  document.blocks = {Section{"outer", {Section{"inner", {first}}}}, second};
  const auto figures = FiguresIn(document);
  ASSERT_EQ(figures.size(), 2);
  EXPECT_EQ(figures[0]->id, "first");
  EXPECT_EQ(figures[1]->id, "second");
}

TEST(MakeText, LeavesOutThePointers) {
  EXPECT_EQ(MakeText({{"0.3", "/loss"}, " nats"}), "0.3 nats");
}

}  // namespace
}  // namespace saelaw::document
