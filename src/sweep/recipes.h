// Recipes by name: what a sweep that names one has instead of the defaults of the table of keys,
// where it gives nothing itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

struct RecipeValue {
  std::string_view key;    // dotted
  std::string_view value;  // as a user would write it
};

struct NamedRecipe {
  std::string_view name;
  std::string_view source;  // one sentence without a full stop
  std::vector<RecipeValue> values;
};

// All there are. Each names every value that makes it, so that another default of a key changes
// none of them.
const std::vector<NamedRecipe>& NamedRecipes();
// Null: none has the name.
const NamedRecipe* FindRecipe(std::string_view name);
// The value that a recipe has for a key; empty where it has none.
std::string_view ValueIn(const NamedRecipe& recipe, std::string_view key);
// "a|b", as the choices of a key.
const std::string& RecipeChoices();

}  // namespace saelaw
