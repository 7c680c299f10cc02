#include "models/model_family.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/llama_family.h"

namespace saelaw {
namespace {

constexpr std::array kFamilies = {
    &kLlamaFamily,
};

constexpr std::string_view kSuffix = ".weight";

const WeightName* Find(std::span<const WeightName> names, Weight weight) {
  const auto found = std::find_if(
      names.begin(), names.end(), [&](const WeightName& name) { return name.weight == weight; });
  return found == names.end() ? nullptr : &*found;
}

// `name` with what stands in front of its first dot after a known name kept: a bias is renamed as
// its weight is.
std::optional<std::string> Rename(std::string_view name, std::span<const WeightName> names) {
  for (const WeightName& known : names) {
    if (name.starts_with(known.folder) && name.substr(known.folder.size()).starts_with('.')) {
      return std::string(known.gguf) + std::string(name.substr(known.folder.size()));
    }
  }
  return std::nullopt;
}

}  // namespace

std::span<const ModelFamily* const> ModelFamilies() { return kFamilies; }

const ModelFamily* FindFamily(std::string_view name) {
  for (const ModelFamily* family : kFamilies) {
    if (family->name == name) return family;
  }
  return nullptr;
}

std::string FamilyNames() {
  std::vector<std::string> names;
  for (const ModelFamily* family : kFamilies) names.push_back(fmt::format("'{}'", family->name));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string WeightNameIn(const ModelFamily& family, Weight weight, std::int64_t layer) {
  if (const WeightName* name = Find(family.model, weight)) {
    return fmt::format("{}{}", name->folder, kSuffix);
  }
  const WeightName* name = Find(family.blocks, weight);
  return fmt::format(
      "{}{}{}", fmt::format(fmt::runtime(family.block), layer), name->folder, kSuffix);
}

std::vector<std::int64_t> WeightShape(const ModelConfig& config, Weight weight) {
  const std::int64_t hidden = config.hidden_size;
  const std::int64_t inner = config.intermediate_size;
  switch (weight) {
    case Weight::kEmbedding:
    case Weight::kOutput:
      return {config.vocabulary, hidden};
    case Weight::kFinalNorm:
    case Weight::kAttentionNorm:
    case Weight::kMlpNorm:
      return {hidden};
    case Weight::kQuery:
      return {config.heads * config.head_dim, hidden};
    case Weight::kKey:
    case Weight::kValue:
      return {config.kv_heads * config.head_dim, hidden};
    case Weight::kAttentionOut:
      return {hidden, config.heads * config.head_dim};
    case Weight::kGate:
    case Weight::kUp:
      return {inner, hidden};
    case Weight::kDown:
      return {hidden, inner};
  }
  return {};
}

std::string GgufName(const ModelFamily& family, const std::string& name) {
  const std::string_view prefix = family.block.substr(0, family.block.find('{'));
  if (!name.starts_with(prefix)) return Rename(name, family.model).value_or(name);
  const std::string_view rest = std::string_view(name).substr(prefix.size());
  const std::size_t dot = rest.find('.');
  const std::string_view part = rest.substr(dot + 1);
  return fmt::format(fmt::runtime(family.gguf_block), rest.substr(0, dot)) +
         Rename(part, family.blocks).value_or(std::string(part));
}

}  // namespace saelaw
