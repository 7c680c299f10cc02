// Values are texts, so that they pass the same reading and the same checks as a user's own.
#include "sweep/recipes.h"

#include <algorithm>

namespace saelaw {
namespace {

// Lieberum et al. 2024 (arXiv 2408.05147), for the smallest SAEs. Their warm-ups of 1,000 and
// 10,000 steps are shares here: a sweep's runs are shorter, and of many lengths.
std::vector<RecipeValue> GemmaScope() {
  return {{"sae.architecture", "jump_relu"},
          {"sae.pre_encoder_bias", "true"},
          {"sae.threshold.parametrisation", "raw"},
          {"sae.threshold.init", "0.001"},
          {"sae.bandwidth", "0.001"},
          {"sae.input_gradients", "false"},
          {"training.batch_tokens", "4096"},
          {"training.lr", "7e-5"},
          {"training.schedule", "cosine"},
          {"training.lr_warmup", "5%"},
          {"training.lr_warmup_start", "0.1"},
          {"training.adam.beta1", "0"},
          {"training.adam.beta2", "0.999"},
          {"training.adam.epsilon", "1e-8"},
          {"training.sparsity.controller", "false"},
          {"training.sparsity.coefficient", "2e-3"},
          {"training.sparsity.warmup", "10%"},
          {"training.sparsity.penalty", "l0"},
          {"training.gradient_clip", "off"},
          {"training.dead_latents.method", "none"}};
}

// The notebook that saelaw grew from: 8,192 latents at 7e-5, a warm-up and a cosine. In all else it
// follows Gemma Scope.
std::vector<RecipeValue> Notebook() {
  std::vector<RecipeValue> values = GemmaScope();
  values.insert(values.begin(), {"sae.d_sae", "8192"});
  return values;
}

}  // namespace

const std::vector<NamedRecipe>& NamedRecipes() {
  static const std::vector<NamedRecipe> recipes = {
      {"gemma-scope",
       "Gemma Scope's smallest SAEs (arXiv 2408.05147), with raw thresholds, and warm-ups as "
       "shares of a run",
       GemmaScope()},
      {"notebook",
       "The notebook that saelaw grew from: Gemma Scope's recipe with 8,192 latents",
       Notebook()}};
  return recipes;
}

const NamedRecipe* FindRecipe(std::string_view name) {
  const std::vector<NamedRecipe>& all = NamedRecipes();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const NamedRecipe& recipe) { return recipe.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string_view ValueIn(const NamedRecipe& recipe, std::string_view key) {
  for (const RecipeValue& value : recipe.values) {
    if (value.key == key) return value.value;
  }
  return {};
}

const std::string& RecipeChoices() {
  static const std::string choices = [] {
    std::string text;
    for (const NamedRecipe& recipe : NamedRecipes()) {
      text += (text.empty() ? "" : "|") + std::string(recipe.name);
    }
    return text;
  }();
  return choices;
}

}  // namespace saelaw
