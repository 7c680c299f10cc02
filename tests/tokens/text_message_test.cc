#include "tokens/text_message.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(ShownPath, IsOnOneLine) {
  EXPECT_EQ(ShownPath("folder/a b.txt"), "folder/a b.txt");
  EXPECT_EQ(ShownPath("a\nb\tc\x7F.txt"), "a?b?c?.txt");
  EXPECT_EQ(ShownPath("caf\xC3\xA9"), "caf\xC3\xA9");
}

TEST(IconvCommand, QuotesNamesWhereAShellNeedsIt) {
  EXPECT_EQ(IconvCommand("d/a-1.txt", "UTF-16LE"),
            "iconv -f UTF-16LE -t UTF-8 d/a-1.txt > d/a-1.txt.utf8 && mv d/a-1.txt.utf8 d/a-1.txt");
  EXPECT_EQ(IconvCommand("a b", "X"),
            "iconv -f X -t UTF-8 'a b' > 'a b.utf8' && mv 'a b.utf8' 'a b'");
  // A quote ends the quoting, stands escaped, and begins it again.
  EXPECT_EQ(IconvCommand("it's", "X"),
            R"(iconv -f X -t UTF-8 'it'\''s' > 'it'\''s.utf8' && mv 'it'\''s.utf8' 'it'\''s')");
  EXPECT_EQ(IconvCommand("$(rm)", "X"),
            "iconv -f X -t UTF-8 '$(rm)' > '$(rm).utf8' && mv '$(rm).utf8' '$(rm)'");
}

}  // namespace
}  // namespace saelaw
