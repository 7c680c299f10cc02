// Mistakes as the user sees them.
#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

TEST(FormatMistakes, ShowsPlaceMessageLineAndCaret) {
  const std::string text = With("d_sae: 128", "d_sae: -1");
  EXPECT_EQ(FormatMistakes("s.yaml", text, ReadSweepText("s.yaml", text).mistakes),
            "s.yaml:5:10: sae.d_sae must be from 1 to 16777216, got -1\n"
            "    5 |   d_sae: -1\n"
            "      |          ^\n");
}

TEST(FormatMistakes, PutsTheCaretUnderCharactersNotBytes) {
  const std::string out = FormatMistakes("s", "n\xC3\xA4me: x", {{1, 7, "m"}});
  EXPECT_EQ(out, "s:1:7: m\n    1 | n\xC3\xA4me: x\n      |      ^\n");
}

TEST(FormatMistakes, ShowsPartOfALongLineAndNoControlCharacters) {
  const std::string line = std::string(5000, 'a') + "\x1b[31m" + std::string(5000, 'b');
  const std::string out = FormatMistakes("s", line, {{1, 5001, "m"}});
  EXPECT_LT(out.size(), 400U);
  EXPECT_EQ(out.find('\x1b'), out.npos);
}

}  // namespace
}  // namespace saelaw
