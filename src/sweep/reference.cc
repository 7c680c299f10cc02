// docs/sweep.md is the output of this file, and a test compares the two, so that neither can change
// alone. Only the words before the first chapter are written by hand.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/keys.h"
#include "sweep/recipes.h"
#include "sweep/sweep.h"

namespace saelaw {
namespace {

constexpr std::string_view kHead =
    R"(# The sweep file

A sweep is one YAML document of at most 1 MB, without anchors, aliases, merge keys (`<<`) and tags. Every key has a
default but what only its writer can know: `activations.source`, `sae.d_sae`,
`study.loss_law.tokens` and `target.tokens` (or `target.tokens_from`); a model needs its path and
its text too. `saelaw validate` shows all mistakes at once; `saelaw init` prints a commented sweep.

Counts and numbers take K, M, B (or G), T, decimal, and Ki, Mi, Gi, Ti, binary; shares take %; times
take s, m (or min), h, d, or several of them (`1h30m`), and one without a unit is seconds, with a
warning; sizes take B, KB, MB, GB, KiB, MiB, GiB. A share-or-tokens value below 1 or with % is a
share of the run. Numbers may be written `1e-3`, `.5`, `+1` and `1_000_000`. `true` and `false` may
be written in capitals, and as yes, no, on, off. `null` and `~` stand for the default, as if the key
were not there; a value that is missing altogether is a mistake. Relative
paths begin at the file's folder; `${VAR}` and `${VAR:-default}` stand for environment variables.

`run` belongs to the configuration of one run (`saelaw train`), which has no study, target and
budget.
)";

// There is no default branch, so that the compiler asks for the words of a new type.
std::string ValueWords(const Key& key) {
  switch (key.type) {
    case KeyType::kText:
      return "text";
    case KeyType::kPath:
      return "path";
    case KeyType::kPaths:
      return "path, or list of paths";
    case KeyType::kNames:
      return "name, or list of names";
    case KeyType::kRecipes:
      return "names, each with sections sae and training";
    case KeyType::kBool:
      return "true or false";
    case KeyType::kChoice:
      return fmt::format("{}", fmt::join(Choices(key.choices), ", "));
    case KeyType::kDevices:
      return "cpu, cuda, cuda:N, or list of cuda:N";
    case KeyType::kCount:
      return "count";
    case KeyType::kCounts:
      return "count, or list of counts";
    case KeyType::kNumber:
      return "number";
    case KeyType::kNumbers:
      return "number, or list of numbers";
    case KeyType::kNumberOrOff:
      return "number, or off";
    case KeyType::kFraction:
      return "share";
    case KeyType::kRisk:
      return "share, or least-loss";
    case KeyType::kStretch:
      return "share or tokens";
    case KeyType::kDuration:
      return "time";
    case KeyType::kBytes:
      return "size in bytes";
    case KeyType::kOptionalSection:
      return "section, or none";
    case KeyType::kSections:
      return "list of blocks";
    case KeyType::kSection:
      break;
  }
  return "section";
}

std::string Row(const Key& key) {
  std::string value = ValueWords(key);
  Range shown = key.range;
  // The limit of all counts is the computer's, not the key's, and would only distract.
  if (shown.high >= kMaxCount) shown.high = std::numeric_limits<double>::infinity();
  const std::string range = Describe(shown);
  if (!range.empty()) value += ", " + range;
  return fmt::format("| `{}` | {} | {} | {} |\n", key.path, value, key.fallback, key.doc);
}

// Every key that a recipe has a value for, beside what it is without one.
std::string RecipesReference() {
  std::string text =
      "\n## Recipes by name\n`recipe: NAME` at the top, or in one of `study.recipes`, ";
  text +=
      "puts these values in the place of the defaults; what the file gives itself comes first.\n";
  std::string head = "\n| key | default |", rule = "|---|---|";
  for (const NamedRecipe& recipe : NamedRecipes()) {
    text += fmt::format("- `{}`: {}.\n", recipe.name, recipe.source);
    head += fmt::format(" {} |", recipe.name);
    rule += "---|";
  }
  text += head + "\n" + rule + "\n";
  for (const Key& key : AllKeys()) {
    std::string values;
    bool any = false;
    for (const NamedRecipe& recipe : NamedRecipes()) {
      const std::string_view value = ValueIn(recipe, key.path);
      any = any || !value.empty();
      values += fmt::format(" {} |", value);
    }
    if (any) text += fmt::format("| `{}` | {} |{}\n", key.path, key.fallback, values);
  }
  return text;
}

}  // namespace

std::string SweepReference() {
  std::string text(kHead);
  bool table = false;
  for (const Key& key : AllKeys()) {
    const bool top = key.path.find('.') == key.path.npos;
    if (top && key.type == KeyType::kSection) {
      text += fmt::format("\n## {}\n{}.\n", key.path, key.doc);
      table = false;
      continue;
    }
    // Top-level sections begin a chapter, and the head of a table comes only where a row follows.
    if (!table) text += "\n| key | value | default | meaning |\n|---|---|---|---|\n";
    table = true;
    text += Row(key);
  }
  return text + RecipesReference();
}

}  // namespace saelaw
