#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/documents.h"
#include "report/render/text.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

TEST(CompareDocument, WarnsAndListsWhatWasDropped) {
  Comparison comparison = CompareLaws({}, {}, {});
  comparison.warnings = {"a column is not read"};
  const std::string text = RenderText(CompareDocument(comparison, {{9, "loss is nan"}}), {false});
  EXPECT_THAT(text, HasSubstr("a column is not read"));
  EXPECT_THAT(text, HasSubstr("Dropped: 1 row"));
  EXPECT_THAT(text, HasSubstr("9  loss is nan"));
}

}  // namespace
}  // namespace saelaw
