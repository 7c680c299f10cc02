// Reads tokenizer.json, the format of the `tokenizers` library, for byte-level BPE.
// https://huggingface.co/docs/tokenizers/api/tokenizer
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "run/errors.h"
#include "run/files.h"
#include "tensors/message.h"
#include "tokens/tokenizer_model.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Throws ConfigurationError "PATH: MESSAGE": the file is sound, but asks for what we do not have.
template <typename... Args>
[[noreturn]] void Unsupported(const fs::path& path,
                              fmt::format_string<Args...> format,
                              Args&&... args) {
  throw ConfigurationError(path.string() + ": " + fmt::format(format, std::forward<Args>(args)...));
}

Json Parse(const fs::path& path) {
  Json json = Json::parse(ReadFile(path), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) Refuse(path, "is not a JSON object");
  return json;
}

// Null where `json` is no object or lacks the key.
const Json& At(const Json& json, const char* key) {
  static const Json null;
  const auto found = json.is_object() ? json.find(key) : json.end();
  return found == json.end() ? null : *found;
}

std::string Text(const Json& json) { return json.is_string() ? json.get<std::string>() : ""; }

bool IsTrue(const Json& json, const char* key, bool absent = false) {
  const Json& value = At(json, key);
  return value.is_boolean() ? value.get<bool>() : absent;
}

std::int64_t Id(const fs::path& path, const Json& value, const std::string& text) {
  if (!value.is_number_integer()) Refuse(path, "the id of {} is not an integer", Quote(text));
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > kMaxVocabulary) {
    return kMaxVocabulary;  // refused by SetToken
  }
  return value.get<std::int64_t>();
}

// One pre-tokenizer step in the words that PatternOfSteps knows. Options that change nothing about
// ids (trim_offsets) are left out; options that we do not know the effect of are kept, so that the
// description matches no known one.
std::string DescribeStep(const Json& step) {
  const std::string type = Text(At(step, "type"));
  if (type == "ByteLevel") {
    const char* space = IsTrue(step, "add_prefix_space", true) ? "(prefix space)" : "";
    return fmt::format("ByteLevel{}{}", space, IsTrue(step, "use_regex", true) ? "(regex)" : "");
  }
  if (type == "Digits") {
    return IsTrue(step, "individual_digits") ? "Digits(individual)" : "Digits";
  }
  if (type == "Split") {
    const bool inverted = IsTrue(step, "invert");
    const std::string behavior = Text(At(step, "behavior"));
    const std::string regex = Text(At(At(step, "pattern"), "Regex"));
    if (behavior == "Isolated" && !inverted) return fmt::format("Split({})", regex);
    return fmt::format("Split({}, {}{})", regex, behavior, inverted ? ", inverted" : "");
  }
  return type.empty() ? "none" : type;
}

std::string DescribeSteps(const Json& pre_tokenizer) {
  if (Text(At(pre_tokenizer, "type")) != "Sequence") return DescribeStep(pre_tokenizer);
  std::string steps;
  for (const Json& step : At(pre_tokenizer, "pretokenizers")) {
    steps += (steps.empty() ? "" : " + ") + DescribeStep(step);
  }
  return steps;
}

Pattern ReadPattern(const fs::path& path, const Json& pre_tokenizer) {
  const std::string steps = DescribeSteps(pre_tokenizer);
  const std::optional<Pattern> pattern = PatternOfSteps(steps);
  if (!pattern) {
    Unsupported(path,
                "pre_tokenizer {} is not supported; supported are those of {}",
                Quote(steps),
                SupportedPatterns());
  }
  return *pattern;
}

void CheckNormalizer(const fs::path& path, const Json& normalizer) {
  const Json& steps = At(normalizer, "normalizers");
  if (normalizer.is_null() || (steps.is_array() && steps.empty())) return;
  Unsupported(path,
              "normalizer {} is not supported: text must go into the tokenizer as it is",
              Quote(Text(At(normalizer, "type"))));
}

void CheckModel(const fs::path& path, const Json& model) {
  const std::string type = Text(At(model, "type"));
  // Files of before 2020 name no type; what they hold then shows by its vocabulary and merges.
  if (type != "BPE" && !(type.empty() && At(model, "merges").is_array())) {
    Unsupported(path, "model {} is not supported, only byte-level BPE is", Quote(type));
  }
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!Text(At(model, key)).empty()) Unsupported(path, "model.{} is not supported", key);
  }
  const Json& dropout = At(model, "dropout");
  if (dropout.is_number() && dropout.get<double>() != 0) {
    Unsupported(path, "model.dropout is not supported: ids would not be reproducible");
  }
  if (IsTrue(model, "byte_fallback")) {
    Unsupported(path, "model.byte_fallback is not supported, only byte-level BPE is");
  }
}

void ReadVocabulary(TokenizerModel& model, const Json& vocabulary) {
  if (!vocabulary.is_object()) Refuse(model.path, "has no model.vocab object");
  for (const auto& [text, id] : vocabulary.items()) {
    SetToken(model, Id(model.path, id, text), {Token::Kind::kBytes, text});
  }
}

// A merge is "left right" in older files and ["left", "right"] in newer ones.
std::optional<std::pair<std::string, std::string>> ReadMerge(const Json& merge) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return std::pair(merge[0].get<std::string>(), merge[1].get<std::string>());
  }
  const std::string text = Text(merge);
  const std::size_t space = text.find(' ');
  if (space == std::string::npos || space != text.rfind(' ')) return std::nullopt;
  return std::pair(text.substr(0, space), text.substr(space + 1));
}

void ReadMerges(TokenizerModel& model, const Json& merges) {
  if (!merges.is_array()) Refuse(model.path, "has no model.merges list");
  for (const Json& entry : merges) {
    auto merge = ReadMerge(entry);
    if (!merge) Refuse(model.path, "merge {} is not a pair of tokens", model.merges.size());
    model.merges.push_back(*std::move(merge));
  }
}

std::optional<std::int32_t> FindToken(const TokenizerModel& model, const std::string& text) {
  if (text.empty()) return std::nullopt;
  for (std::size_t id = 0; id < model.tokens.size(); ++id) {
    const Token& token = model.tokens[id];
    if (token.kind != Token::Kind::kAbsent && token.text == text) {
      return static_cast<std::int32_t>(id);
    }
  }
  return std::nullopt;
}

// Whether the post-processor puts the special token `text` before a text.
bool TemplateBeginsWith(const Json& processor, const std::string& text) {
  const std::string type = Text(At(processor, "type"));
  if (type == "Sequence") {
    const Json& processors = At(processor, "processors");
    return std::any_of(processors.begin(), processors.end(), [&](const Json& one) {
      return TemplateBeginsWith(one, text);
    });
  }
  const Json& single = At(processor, "single");
  if (type != "TemplateProcessing" || !single.is_array() || single.empty()) return false;
  return Text(At(At(single[0], "SpecialToken"), "id")) == text;
}

// "<s>" or {"content": "<s>"}.
std::string SpecialText(const Json& token) {
  return token.is_object() ? Text(At(token, "content")) : Text(token);
}

// tokenizer_config.json beside the file names bos and eos; without it there are none.
void ReadSpecialTokens(TokenizerModel& model, const Json& tokenizer) {
  const fs::path path = model.path.parent_path() / "tokenizer_config.json";
  if (!fs::exists(path)) return;
  const Json config = Parse(path);
  const std::string bos = SpecialText(At(config, "bos_token"));
  model.bos = FindToken(model, bos);
  model.eos = FindToken(model, SpecialText(At(config, "eos_token")));
  const bool by_template = TemplateBeginsWith(At(tokenizer, "post_processor"), bos);
  model.add_bos = model.bos && (by_template || IsTrue(config, "add_bos_token"));
}

}  // namespace

TokenizerModel ReadTokenizerJson(const fs::path& path) {
  const Json json = Parse(path);
  const Json& bpe = At(json, "model");
  TokenizerModel model;
  model.path = path;
  CheckModel(path, bpe);
  model.pattern = ReadPattern(path, At(json, "pre_tokenizer"));
  CheckNormalizer(path, At(json, "normalizer"));
  model.ignore_merges = IsTrue(bpe, "ignore_merges");
  model.fuse_unknown = IsTrue(bpe, "fuse_unk");
  ReadVocabulary(model, At(bpe, "vocab"));
  ReadMerges(model, At(bpe, "merges"));
  model.unknown = FindToken(model, Text(At(bpe, "unk_token")));
  for (const Json& added : At(json, "added_tokens")) {
    const std::string text = Text(At(added, "content"));
    SetToken(model, Id(path, At(added, "id"), text), {Token::Kind::kLiteral, text});
  }
  ReadSpecialTokens(model, json);
  return model;
}

}  // namespace saelaw
