// This is what the library transformers makes of a folder's files, as transformers 5.13 and
// tokenizers 0.22 do it. Five files may speak of the same token; ReadRole has their order.
#include "tokens/special_tokens.h"

#include <algorithm>
#include <array>

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using json::At;
using json::Json;
using json::Text;

// An id that is in the vocabulary, or nothing.
std::optional<std::int32_t> KnownId(const TokenizerModel& model, const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  // A number above 2^63 would become negative, and has to be refused before it does.
  if (value.is_number_unsigned() && value.get<std::uint64_t>() >= model.tokens.size()) {
    return std::nullopt;
  }
  const auto id = value.get<std::int64_t>();
  if (id < 0 || id >= static_cast<std::int64_t>(model.tokens.size())) return std::nullopt;
  return static_cast<std::int32_t>(id);
}

std::int32_t RequiredId(const TokenizerModel& model, const Json& value) {
  const std::optional<std::int32_t> id = KnownId(model, value);
  if (!id) {
    Refuse(model.path,
           "post_processor puts token {} before a text, which is not in the vocabulary",
           Quote(value.dump()));
  }
  return *id;
}

// The ids that a template's `single` has before the text.
std::vector<std::int32_t> LeadingOfTemplate(const TokenizerModel& model, const Json& processor) {
  const Json& single = At(processor, "single");
  if (!single.is_array()) Refuse(model.path, "post_processor.single is not a list");
  std::vector<std::int32_t> ids;
  for (const Json& piece : single) {
    // The text itself, or what follows it, ends what stands before it.
    const Json& special = At(piece, "SpecialToken");
    if (special.is_null()) break;
    const std::string name = Text(At(special, "id"));
    const Json& listed = At(At(At(processor, "special_tokens"), name.c_str()), "ids");
    if (!listed.is_array()) {
      Refuse(model.path, "post_processor.special_tokens lacks the ids of {}", Quote(name));
    }
    for (const Json& id : listed) ids.push_back(RequiredId(model, id));
  }
  return ids;
}

constexpr int kMaxDepth = 8;  // of sequences within sequences

// The ids that the post-processor puts before a text; of a sequence, those of its first step that
// puts any.
std::vector<std::int32_t> Leading(const TokenizerModel& model, const Json& processor, int depth) {
  const std::string type = Text(At(processor, "type"));
  if (type == "TemplateProcessing") return LeadingOfTemplate(model, processor);
  // These two older kinds name one pair of text and id instead of a template.
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    const Json& cls = At(processor, "cls");
    if (!cls.is_array() || cls.size() != 2) Refuse(model.path, "post_processor.cls is not a pair");
    return {RequiredId(model, cls[1])};
  }
  if (type != "Sequence") return {};
  if (depth == kMaxDepth) Refuse(model.path, "post_processor is nested too deeply");
  for (const Json& step : At(processor, "processors")) {
    if (std::vector<std::int32_t> ids = Leading(model, step, depth + 1); !ids.empty()) return ids;
  }
  return {};
}

// The files beside tokenizer.json that name special tokens; an empty object for an absent one.
class Neighbours {
 public:
  explicit Neighbours(const fs::path& folder)
      : tokenizer_config(Read(folder / "tokenizer_config.json")),
        special_tokens_map(Read(folder / "special_tokens_map.json")),
        config(Read(folder / "config.json")),
        generation_config(Read(folder / "generation_config.json")) {}

  Json tokenizer_config, special_tokens_map, config, generation_config;

 private:
  static Json Read(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error) ? json::Parse(path) : Json::object();
  }
};

// "<s>" or {"content": "<s>"}.
std::string SpecialText(const Json& token) {
  return token.is_object() ? Text(At(token, "content")) : Text(token);
}

bool IsAdded(const TokenizerModel& model, std::int32_t id) {
  return std::find(model.added.begin(), model.added.end(), id) != model.added.end();
}

// The id or list of ids under `key`, added tokens alone: configurations that were never told their
// tokenizer's ids have Llama 2's 1 and 2, which are text in others.
std::vector<std::int32_t> AddedIds(const TokenizerModel& model, const Json& value) {
  const Json list = value.is_array() ? value : Json::array({value});
  std::vector<std::int32_t> ids;
  for (const Json& one : list) {
    const std::optional<std::int32_t> id = KnownId(model, one);
    if (id && IsAdded(model, *id)) ids.push_back(*id);
  }
  return ids;
}

// The token of this role ("bos"), and in model.special every id that any file gives it.
std::optional<std::int32_t> ReadRole(TokenizerModel& model,
                                     const Neighbours& files,
                                     const std::string& role) {
  std::optional<std::int32_t> id;
  for (const Json* file : {&files.tokenizer_config, &files.special_tokens_map}) {
    if (!id) id = FindToken(model, SpecialText(At(*file, (role + "_token").c_str())));
  }
  if (id) model.special.push_back(*id);
  // Ids are asked last: they often stand there for another tokenizer. All of them are special
  // nevertheless.
  for (const Json* file : {&files.config, &files.generation_config}) {
    for (const std::int32_t other : AddedIds(model, At(*file, (role + "_token_id").c_str()))) {
      if (!id) id = other;
      model.special.push_back(other);
    }
  }
  return id;
}

// tokenizer_config.json may flag tokens that tokenizer.json lists without the flag.
void AddFlagged(TokenizerModel& model, const Json& tokenizer_config) {
  const Json& decoder = At(tokenizer_config, "added_tokens_decoder");
  if (!decoder.is_object()) return;
  for (const auto& [unused, token] : decoder.items()) {
    if (!json::IsTrue(token, "special")) continue;
    const auto id = FindToken(model, SpecialText(token));
    if (id) model.special.push_back(*id);
  }
}

}  // namespace

void ReadSpecialTokens(TokenizerModel& model, const Json& tokenizer) {
  const std::vector<std::int32_t> leading = Leading(model, At(tokenizer, "post_processor"), 0);
  if (leading.size() > 1) {
    json::Unsupported(model.path,
                      "post_processor puts {} tokens before a text; one or none is supported",
                      leading.size());
  }
  const Neighbours files(model.path.parent_path());
  AddFlagged(model, files.tokenizer_config);
  model.bos = ReadRole(model, files, "bos");
  model.eos = ReadRole(model, files, "eos");
  ReadRole(model, files, "pad");
  model.add_bos = !leading.empty();
  if (model.add_bos) {
    model.bos = leading.front();
    model.special.push_back(leading.front());
  }
}

}  // namespace saelaw
