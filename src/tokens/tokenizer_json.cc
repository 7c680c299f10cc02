// Reads tokenizer.json, the format of the `tokenizers` library, for byte-level BPE. What would
// change ids in a way that we do not do is refused by name: wrong ids would look like a bad model.
// https://huggingface.co/docs/tokenizers/api/tokenizer
#include "tokens/json_values.h"
#include "tokens/special_tokens.h"
#include "tokens/tokenizer_model.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using json::At;
using json::IsTrue;
using json::Json;
using json::Text;
using json::Unsupported;

std::int64_t Id(const fs::path& path, const Json& value, const std::string& text) {
  if (!value.is_number_integer()) Refuse(path, "the id of {} is not an integer", Quote(text));
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > kMaxVocabulary) {
    return kMaxVocabulary;  // refused by SetToken
  }
  return value.get<std::int64_t>();
}

// One pre-tokenizer step in the words that FindStepsPattern knows. Options that change nothing
// about ids (trim_offsets) are left out; options that we do not know the effect of are kept, so
// that the description matches no known one.
std::string DescribeStep(const Json& step) {
  const std::string type = Text(At(step, "type"));
  if (type == "ByteLevel") {
    // Both options are true where the file is silent, as in the library.
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
    // Only this way of splitting keeps every piece, as ours does.
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
  const std::optional<Pattern> pattern = FindStepsPattern(steps);
  if (!pattern) {
    Unsupported(path,
                "pre_tokenizer {} is not supported; supported are those of {}",
                Quote(steps),
                SupportedPatterns());
  }
  return *pattern;
}

// A normaliser changes the text before it is cut, which would need another implementation of
// Unicode.
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
  // These belong to models that are not byte-level.
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
  // A space in a token is spelled as another character, so that the only space parts the pair.
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

}  // namespace

TokenizerModel ReadTokenizerJson(const fs::path& path) {
  const Json json = json::Parse(path);
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
  // Added tokens may repeat entries of the vocabulary; SetToken accepts that, and refuses a second
  // text.
  for (const Json& added : At(json, "added_tokens")) {
    const std::string text = Text(At(added, "content"));
    const std::int64_t id = Id(path, At(added, "id"), text);
    SetToken(model, id, {Token::Kind::kLiteral, text});
    model.added.push_back(static_cast<std::int32_t>(id));
    if (IsTrue(added, "special")) model.special.push_back(model.added.back());
  }
  ReadSpecialTokens(model, json);
  return model;
}

}  // namespace saelaw
