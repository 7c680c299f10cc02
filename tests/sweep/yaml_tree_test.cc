// What no sweep needs is refused before any of its values is looked at.
#include "sweep/yaml_tree.h"

#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

TEST(ParseYaml, RefusesWhatNoSweepNeeds) {
  ExpectMistakes({
      {"d_sae: 128",
       "d_sae: 128\n  d_sae: 64",
       "s.yaml:6:3: duplicate key 'd_sae'; it already stands in line 5"},
      {"  d_sae: 128", "\td_sae: 128", "s.yaml:5:1: a tab in the indentation; use spaces"},
      {"4e-3", "&a 4e-3", "s.yaml:8:7: anchors (&name) are not allowed in a sweep"},
      {"lr: 4e-3",
       "<<: {lr: 4e-3}",
       "s.yaml:8:3: merge keys (<<) are not allowed in a sweep; write the values out"},
      {"4e-3",
       "!!float 4e-3",
       "s.yaml:8:7: tags (tag:yaml.org,2002:float) are not allowed in a sweep"},
      {"4e-3",
       "*.txt",
       "s.yaml:8:7: aliases (*name) are not allowed in a sweep; text that begins with * needs "
       "quotes"},
      {"4e-3", "[1, 2", "s.yaml:9:6: a bracket is not closed, or a comma is missing"},
      {"4e-3", "\xFF", "s.yaml:8:1: this line is not UTF-8; save the file as UTF-8"},
      {"4e-3", "\x01", "s.yaml:8:7: a control character; a sweep is plain text"},
      {"target:",
       "---\ntarget:",
       "s.yaml:12:1: a second YAML document begins here; a sweep is one document"},
      {"4e-3", "[[[[[[[[[[1]]]]]]]]]]", "s.yaml:8:13: nested deeper than 8 levels; no sweep is"},
      {"4e-3", "{? [a] : 1}", "s.yaml:8:10: a key must be a plain word"},
  });
}

// Ten levels of ten references each would be 10^10 nodes.
TEST(ParseYaml, RefusesABombOfAliases) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += "*a" + std::to_string(i - 1) + ", ";
    bomb += "]\n";
  }
  EXPECT_EQ(MistakesOf(bomb), "s.yaml:1:5: anchors (&name) are not allowed in a sweep\n");
}

TEST(ParseYaml, StaysQuickOnAMegabyteOfNonsense) {
  for (const char* piece : {"a: ", "[", "- ", "? ", "{a: ", "x\n", "\"", "&a ", "a: b\n", "- - "}) {
    std::string text;
    while (text.size() < 900'000) text += piece;
    EXPECT_FALSE(ReadSweepText("s.yaml", text).sweep) << piece;
  }
}

TEST(ParseYaml, RefusesMoreThanAThousandEntries) {
  const auto list = [](int entries) {
    std::string text = "a: [x";
    for (int i = 1; i < entries; ++i) text += ",x";
    return ParseYaml(text + "]").mistakes;
  };
  EXPECT_TRUE(list(1000).empty());
  EXPECT_EQ(Messages(list(1001)), "s.yaml:1:4: more than 1000 entries\n");
}

// The parser tells neither a null that is written from a missing value, nor where the latter is.
TEST(ParseYaml, KeepsTheWordOfANullAndThePlaceOfWhatIsMissing) {
  const YamlText text = ParseYaml("a: ~\nb:\n\nc: 'null'\n");
  ASSERT_TRUE(text.root);
  ASSERT_EQ(text.root->items.size(), 3U);
  EXPECT_EQ(text.root->items[0].text, "~");
  EXPECT_EQ(text.root->items[0].line, 1);
  EXPECT_EQ(text.root->items[1].text, "");
  EXPECT_EQ(text.root->items[1].line, 2);
  EXPECT_EQ(text.root->items[2].kind, YamlNode::Kind::kScalar);
}

TEST(SetByFlag, MakesTheSectionsOnItsWayAndLeavesTheRest) {
  YamlNode root = *ParseYaml("a: 1\nb: {c: 2}\n").root;
  EXPECT_FALSE(SetByFlag(root, "a.x.y", "[1, 2]"));
  EXPECT_FALSE(SetByFlag(root, "b.d", "3"));
  ASSERT_EQ(root.items.size(), 2U);
  const YamlNode& list = root.items[0].items[0].items[0];
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[1].text, "2");
  EXPECT_TRUE(list.items[1].from_flag);
  EXPECT_EQ(list.items[1].line, 0);
  ASSERT_EQ(root.items[1].keys.size(), 2U);
  EXPECT_EQ(root.items[1].items[0].line, 2);
}

TEST(SetByFlag, NamesTheKeyOfAValueThatIsNoYaml) {
  YamlNode root = *ParseYaml("a: 1\n").root;
  const std::optional<Mistake> mistake = SetByFlag(root, "execution.device", "[cuda:0");
  ASSERT_TRUE(mistake);
  EXPECT_EQ(mistake->message,
            "execution.device (given by a flag): a bracket is not closed, or a comma is missing");
}

}  // namespace
}  // namespace saelaw
