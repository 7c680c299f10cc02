// The table of keys, and what is made of it: schema and examples.
#include "sweep/keys.h"

#include <cstdlib>
#include <set>

#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "sweep/reading.h"
#include "sweep/sweep_text.h"

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

TEST(ExampleSweep, ValidatesInBothKinds) {
  EXPECT_EQ(MistakesOf(ExampleSweep("synthetic")), "");
  EXPECT_EQ(MistakesOf(ExampleSweep("model")), "");
  EXPECT_THROW(ExampleSweep("banana"), Error);
}

// Uncommented, the defaults that are shown must give the same sweep.
TEST(ExampleSweep, ShowsTheDefaultsInEffect) {
  const std::string example = ExampleSweep("synthetic");
  std::string uncommented = example;
  for (std::size_t at = 0; (at = uncommented.find("  # ", at)) != uncommented.npos; at += 2) {
    const std::size_t end = uncommented.find('\n', at);
    const std::string line = uncommented.substr(at, end - at);
    const bool value = line.back() != '.' && line.find(": ") != line.npos;
    if (value) uncommented.erase(at + 2, 2);
  }
  ASSERT_NE(uncommented, example);
  const RunSpec a = MakeRun(Good(example), 1024, 64, 1e-3, 0);
  const RunSpec b = MakeRun(Good(uncommented), 1024, 64, 1e-3, 0);
  EXPECT_EQ(IdOf(a), IdOf(b));
}

// To write the page anew: SAELAW_WRITE_DOCS=1 sweep_test.
TEST(SweepReference, IsThePageInTheDocs) {
  const std::string path = SAELAW_SOURCE_DIR "/docs/sweep.md";
  if (std::getenv("SAELAW_WRITE_DOCS") != nullptr) WriteFile(path, SweepReference());
  EXPECT_EQ(ReadFile(path), SweepReference());
}

TEST(SweepJsonSchema, HasEveryKeyWithItsMeaning) {
  const auto schema = nlohmann::json::parse(SweepJsonSchema());
  EXPECT_FALSE(schema.at("additionalProperties").get<bool>());
  const auto& activations = schema.at("properties").at("activations").at("properties");
  EXPECT_EQ(activations.at("hook").at("enum"),
            nlohmann::json({"mlp_out", "mlp_act", "resid_post"}));
  EXPECT_EQ(activations.at("add_bos").at("enum"),
            nlohmann::json({"auto", true, "true", false, "false"}));
  const auto& study = schema.at("properties").at("study").at("properties");
  EXPECT_TRUE(study.at("extra_runs").at("items").at("properties").contains("note"));
  EXPECT_TRUE(study.at("lr_law").at("anyOf").at(1).at("properties").contains("bisect_to"));
  EXPECT_FALSE(schema.at("properties").contains("run"));
  std::size_t described = 0;
  for (std::size_t at = 0;
       (at = SweepJsonSchema().find("\"description\"", at)) != std::string::npos;
       ++at) {
    ++described;
  }
  std::size_t keys = 0;
  for (const Key& key : AllKeys()) keys += (key.files & kInSweep) != 0 ? 1 : 0;
  EXPECT_EQ(described, keys);
}

}  // namespace
}  // namespace saelaw
