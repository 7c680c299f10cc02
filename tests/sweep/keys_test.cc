#include "sweep/keys.h"

#include <set>

#include <gtest/gtest.h>

#include "sweep/reading.h"

namespace saelaw {
namespace {

TEST(Keys, StandOnceAndBelowTheirSection) {
  std::set<std::string_view> seen;
  for (const Key& key : AllKeys()) {
    const std::size_t dot = key.path.rfind('.');
    if (dot != key.path.npos) {
      std::string_view section = key.path.substr(0, dot);
      if (section.substr(section.size() - 2) == "[]") section.remove_suffix(2);
      EXPECT_TRUE(seen.count(section)) << key.path;
    }
    EXPECT_TRUE(seen.insert(key.path).second) << key.path;
    EXPECT_FALSE(key.doc.empty()) << key.path;
    EXPECT_EQ(key.type == KeyType::kChoice, !key.choices.empty()) << key.path;
  }
}

TEST(Keys, HaveDefaultsThatTheReaderTakes) {
  for (const Key& key : AllKeys()) {
    if (key.fallback.empty()) continue;
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.text = std::string(key.fallback);
    EXPECT_TRUE(Convert(key, std::string(key.path), node, {}).mistakes.empty()) << key.path;
  }
}

TEST(Nearest, FindsTypingErrorsAndNothingElse) {
  const std::vector<std::string_view> words = {"threshold", "bandwidth", "d_sae", "lr"};
  EXPECT_EQ(Nearest("treshold", words), "threshold");
  EXPECT_EQ(Nearest("band_width", words), "bandwidth");
  EXPECT_EQ(Nearest("dsae", words), "d_sae");
  EXPECT_EQ(Nearest("banana", words), "");
  EXPECT_EQ(Nearest("xy", words), "");
  EXPECT_EQ(Nearest(std::string(100, 'a'), words), "");
}

}  // namespace
}  // namespace saelaw
