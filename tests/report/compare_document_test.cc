#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/documents.h"
#include "report/render/text.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

TEST(CompareDocument, WarnsAndListsWhatWasDropped) {
  Comparison comparison = CompareLaws({}, {}, {});
  comparison.warnings = {warning::SomeSds{3, 4}};
  const std::string text = RenderText(CompareDocument(comparison, {{9, "loss is nan"}}), {false});
  EXPECT_THAT(text, HasSubstr("only 3 of 4 points have an sd"));
  EXPECT_THAT(text, HasSubstr("Dropped: 1 row"));
  EXPECT_THAT(text, HasSubstr("9  loss is nan"));
}

}  // namespace
}  // namespace saelaw
