// Arms are made of the tree before anything is read, so that every arm passes the checks of a file
// that was written for it alone, and a mistake is told where its recipe stands.
#include "sweep/arms.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/architecture_traits.h"
#include "core/names.h"
#include "core/quantities.h"
#include "sweep/reading.h"

namespace saelaw {
namespace {

using Kind = YamlNode::Kind;

const YamlNode* Find(const YamlNode& node, std::string_view key) {
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (node.keys[i].text == key) return &node.items[i];
  }
  return nullptr;
}

// The item of a key, whose place is that of `like` where it was not there.
YamlNode& At(YamlNode& node, const std::string& key, const YamlNode& like) {
  node.kind = Kind::kMapping;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (node.keys[i].text == key) return node.items[i];
  }
  YamlNode name = like;
  name.kind = Kind::kScalar;
  name.text = key;
  node.keys.push_back(std::move(name));
  YamlNode item;
  item.line = like.line;
  item.column = like.column;
  node.items.push_back(std::move(item));
  return node.items.back();
}

// Sections of both are joined; of all else `over` has the say.
void Merge(const YamlNode& over, YamlNode& node) {
  if (over.kind != Kind::kMapping || node.kind != Kind::kMapping) {
    node = over;
    return;
  }
  for (std::size_t i = 0; i < over.keys.size(); ++i) {
    Merge(over.items[i], At(node, over.keys[i].text, over.keys[i]));
  }
}

bool NamesFolder(std::string_view name) {
  return !name.empty() && name.size() <= 40 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_';
         });
}

class Splitter {
 public:
  explicit Splitter(const YamlNode& root) : root_(root) {
    const YamlNode* study = Find(root, "study");
    if (study == nullptr) return;
    recipes_ = Find(*study, "recipes");
    compare_ = Find(*study, "compare");
    sparsity_ = Find(*study, "sparsity");
  }

  SplitSweep Split() {
    const bool good = CheckRecipes();
    const std::optional<Value> names = Read("study.compare", compare_);
    const std::optional<Value> targets = Read("study.sparsity", sparsity_);
    if (names) CheckNames(*names);
    if (targets) CheckTargets(*targets);
    if (!good || !split_.mistakes.empty()) {
      split_.arms = {{"", 0, root_}};
      return std::move(split_);
    }
    WarnOfUnused(names);
    for (const Value& name : names ? names->items : std::vector<Value>{Value{}}) {
      for (const Value& target : targets ? targets->items : std::vector<Value>{Value{}}) {
        split_.arms.push_back(MakeArm(name.text, target));
      }
    }
    return std::move(split_);
  }

 private:
  // The value of a key that is there. What is wrong with it is told by whoever reads the whole
  // tree.
  std::optional<Value> Read(const std::string& key, const YamlNode* node) {
    if (node == nullptr || (node->kind == Kind::kNull && !node->text.empty())) return std::nullopt;
    Converted converted = Convert(*FindKey(key), key, *node, {});
    if (!converted.mistakes.empty()) return std::nullopt;
    return std::move(converted.value);
  }

  bool CheckRecipes() {
    if (recipes_ == nullptr || recipes_->kind == Kind::kNull) return true;
    if (recipes_->kind != Kind::kMapping) {
      Complain(*recipes_, "study.recipes must be names with what each changes indented below it");
      return false;
    }
    for (std::size_t i = 0; i < recipes_->keys.size(); ++i) {
      CheckRecipe(recipes_->keys[i], recipes_->items[i]);
    }
    return true;
  }

  void CheckRecipe(const YamlNode& name, const YamlNode& recipe) {
    if (!NamesFolder(name.text)) {
      Complain(name, "a recipe's name must be 1 to 40 letters, digits, - and _: it names a folder");
    }
    if (recipe.kind == Kind::kNull) return;  // the sweep's own, under a name
    if (recipe.kind != Kind::kMapping) {
      Complain(recipe,
               fmt::format("study.recipes.{} must be a section with sae and training, or nothing",
                           name.text.substr(0, 40)));
      return;
    }
    for (const YamlNode& key : recipe.keys) {
      if (key.text == "sae" || key.text == "training" || key.text == "recipe") continue;
      Complain(key,
               fmt::format("a recipe changes keys of sae and training alone, and may begin with "
                           "another's values by recipe, got '{}'",
                           key.text.substr(0, 60)));
    }
  }

  void CheckNames(const Value& names) {
    std::vector<std::string_view> known;
    if (recipes_ != nullptr) {
      for (const YamlNode& key : recipes_->keys) known.push_back(key.text);
    }
    std::vector<std::string_view> seen;
    for (const Value& name : names.items) {
      if (std::find(seen.begin(), seen.end(), name.text) != seen.end()) {
        Complain(name, fmt::format("study.compare: '{}' stands here twice", name.text));
      } else if (std::find(known.begin(), known.end(), name.text) == known.end()) {
        Complain(name, UnknownRecipe(name.text, known));
      }
      seen.push_back(name.text);
    }
    if (names.items.size() < 2) {
      Complain(names, "study.compare must name at least two recipes, got one");
    }
  }

  static std::string UnknownRecipe(std::string_view name,
                                   const std::vector<std::string_view>& known) {
    const std::string what =
        fmt::format("study.compare: no recipe '{}' in study.recipes", name.substr(0, 60));
    if (known.empty()) return what + ", which has none";
    const std::string_view near = Nearest(name, known);
    return near.empty() ? fmt::format("{}; there are {}", what, fmt::join(known, ", "))
                        : fmt::format("{}; did you mean '{}'?", what, near);
  }

  void CheckTargets(const Value& targets) {
    std::vector<double> seen;
    for (const Value& target : targets.items) {
      if (std::find(seen.begin(), seen.end(), target.number) != seen.end()) {
        Complain(target, fmt::format("study.sparsity: {} stands here twice", target.text));
      }
      seen.push_back(target.number);
    }
  }

  void WarnOfUnused(const std::optional<Value>& names) {
    if (recipes_ == nullptr) return;
    for (const YamlNode& key : recipes_->keys) {
      const bool used =
          names && std::any_of(names->items.begin(), names->items.end(), [&](const Value& name) {
            return name.text == key.text;
          });
      if (used) continue;
      split_.warnings.push_back(
          {key.line,
           key.column,
           fmt::format("study.recipes.{} has no effect: study.compare does not name it",
                       key.text)});
    }
  }

  ArmTree MakeArm(const std::string& recipe, const Value& target) const {
    ArmTree arm{recipe, target.number, root_};
    const YamlNode* changes = recipe.empty() ? nullptr : Find(*recipes_, recipe);
    if (changes != nullptr && changes->kind == Kind::kMapping) Merge(*changes, arm.root);
    if (target.number > 0) SetTarget(target, arm.root);
    return arm;
  }

  static bool KeepsK(const YamlNode& sae) {
    const YamlNode* word = Find(sae, "architecture");
    const auto architecture =
        word == nullptr ? std::nullopt : Named<SaeArchitecture>(std::string_view(word->text));
    return architecture && FindTraits(*architecture).keeps_k;
  }

  static void SetTarget(const Value& target, YamlNode& root) {
    YamlNode value;
    value.kind = Kind::kScalar;
    value.text = target.text;
    value.line = target.line;
    value.column = target.column;
    // An SAE that keeps a number of latents has its target in that number.
    YamlNode& sae = At(root, "sae", value);
    if (KeepsK(sae)) {
      At(sae, "k", value) = value;
      return;
    }
    YamlNode& sparsity = At(At(root, "training", value), "sparsity", value);
    At(sparsity, "target_l0", value) = value;
  }

  template <typename Placed>
  void Complain(const Placed& at, std::string message) {
    split_.mistakes.push_back({at.line, at.column, std::move(message)});
  }

  const YamlNode& root_;
  const YamlNode* recipes_ = nullptr;
  const YamlNode* compare_ = nullptr;
  const YamlNode* sparsity_ = nullptr;
  SplitSweep split_;
};

}  // namespace

SplitSweep SplitIntoArms(const YamlNode& root) { return Splitter(root).Split(); }

std::string MakeLabel(const Arm& arm) {
  if (arm.target_l0 == 0) return arm.recipe;
  const std::string target = FormatExact(arm.target_l0);
  return arm.recipe.empty() ? "l0-" + target : arm.recipe + "@" + target;
}

}  // namespace saelaw
