#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex.h>

#include "sweep/keys.h"
#include "sweep/reading.h"
#include "sweep/sweep.h"

namespace saelaw {
namespace {

TEST(SweepJsonSchema, HasEveryKeyWithItsMeaning) {
  const auto schema = nlohmann::json::parse(SweepJsonSchema());
  EXPECT_FALSE(schema.at("additionalProperties").get<bool>());
  const auto& activations = schema.at("properties").at("activations").at("properties");
  EXPECT_EQ(activations.at("hook").at("enum"),
            nlohmann::json({"mlp_out", "mlp_act", "resid_post", "resid_pre", "attn_out"}));
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

// By POSIX, where the schema's patterns mean the same: <regex> takes 3 s more to compile.
bool Matches(const std::string& pattern, const std::string& text) {
  regex_t compiled;
  EXPECT_EQ(::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB), 0) << pattern;
  const bool matches = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return matches;
}

// Whether an editor that follows the schema lets `text` stand as a quoted value.
bool Accepts(const nlohmann::json& schema, const std::string& text) {
  if (schema.contains("anyOf")) {
    return std::any_of(schema["anyOf"].begin(), schema["anyOf"].end(), [&](const auto& one) {
      return Accepts(one, text);
    });
  }
  if (!schema.contains("pattern")) return false;
  return Matches(schema["pattern"].get<std::string>(), text);
}

nlohmann::json MakeSchema(const std::string& path) {
  nlohmann::json schema = nlohmann::json::parse(SweepJsonSchema());
  std::string rest = path;
  for (std::size_t dot = 0; dot != std::string::npos;) {
    if (schema.contains("anyOf")) schema = schema["anyOf"][1];
    dot = rest.find('.');
    schema = schema.at("properties").at(rest.substr(0, dot));
    rest.erase(0, dot + 1);
  }
  return schema;
}

// What the reader takes, an editor must not underline; and what it refuses is best seen at once.
TEST(SweepJsonSchema, TakesTheSpellingsOfTheReader) {
  const std::pair<const char*, std::vector<const char*>> spellings[] = {
      {"target.tokens", {"2.1B", "512Ki", "1_000_000", "+1", "1e3", "-1", "2.1 bananas", "K"}},
      {"training.lr", {"4e-3", ".5", "0.001K", "nan", "0x1"}},
      {"training.decay_fraction", {"5%", "0.05", "5 %", "%", "five"}},
      {"training.lr_warmup", {"5%", "4Ki", "0.1", "4 parsecs"}},
      {"budget.wall", {"90s", "8h", "1h30m", "8 h", "8 parsecs"}},
      {"execution.vector_cache", {"4GiB", "500MB", "10", "4 GiB", "4 gibi"}},
      {"execution.device", {"cpu", "cuda", "cuda:1", "cuda:", "gpu"}}};
  for (const auto& [path, texts] : spellings) {
    for (const char* text : texts) {
      YamlNode node;
      node.kind = YamlNode::Kind::kScalar;
      node.text = text;
      const bool read = Convert(*FindKey(path), path, node, {}).mistakes.empty();
      EXPECT_EQ(Accepts(MakeSchema(path), text), read) << path << ": " << text;
    }
  }
}

}  // namespace
}  // namespace saelaw
