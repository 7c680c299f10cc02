#include "report/document/markup.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(EscapeMarkup, CoversContentAndAttributes) {
  EXPECT_EQ(EscapeMarkup("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
}

TEST(EscapeMarkup, LeavesOutWhatXmlForbids) {
  EXPECT_EQ(EscapeMarkup("a\033[2Jb\nc"), "a [2Jb\nc");
}

}  // namespace
}  // namespace saelaw
