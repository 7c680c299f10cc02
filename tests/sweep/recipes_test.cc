// Recipes by name: values in the place of defaults.
#include "sweep/recipes.h"

#include "sweep/keys.h"
#include "sweep/reading.h"
#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

// A misspelt key or a value that is refused would be passed over in silence.
TEST(NamedRecipes, HaveKeysAndValuesOfTheTable) {
  for (const NamedRecipe& recipe : NamedRecipes()) {
    for (const RecipeValue& value : recipe.values) {
      SCOPED_TRACE(std::string(value.key));
      const Key* key = FindKey(std::string(value.key));
      ASSERT_NE(key, nullptr);
      YamlNode node;
      node.kind = YamlNode::Kind::kScalar;
      node.text = std::string(value.value);
      EXPECT_TRUE(Convert(*key, std::string(value.key), node, {}).mistakes.empty());
    }
  }
  EXPECT_EQ(FindRecipe("soup"), nullptr);
  EXPECT_EQ(ValueIn(*FindRecipe("notebook"), "sae.k"), "");
}

const char* const kBrief =
    "activations: {source: synthetic}\nsae: {d_sae: 128}\n"
    "study:\n  lr_law: none\n  loss_law: {tokens: [1M, 2M, 4M]}\ntarget: {tokens: 64M}\n";

// Today's defaults are Gemma Scope's recipe: runs keep their names with it.
TEST(GemmaScope, IsWhatTheDefaultsAre) {
  const Sweep plain = Good(kBrief);
  const Sweep named = Good("recipe: gemma-scope\n" + std::string(kBrief));
  EXPECT_EQ(ComputeId(MakeRun(named, 4'000'000, 128, 1e-4, 0)),
            ComputeId(MakeRun(plain, 4'000'000, 128, 1e-4, 0)));
}

TEST(Recipe, GivesWayToWhatTheFileGives) {
  std::string text = "recipe: notebook\n" + std::string(kBrief);
  text.replace(text.find("sae: {d_sae: 128}"), 17, "training: {batch_tokens: 512}");
  const ReadSweepResult read = ReadSweepText("s.yaml", text);
  ASSERT_EQ(Messages(read.mistakes), "");
  EXPECT_EQ(read.sweep->sae.d_sae, 8192);
  EXPECT_EQ(read.sweep->training.batch_tokens, 512);
  EXPECT_EQ(read.effective.at("sae.d_sae").origin, "recipe notebook");
  EXPECT_EQ(read.effective.at("training.batch_tokens").origin, "s.yaml:3");
}

// What says nothing of the architecture that the file gives is passed over.
TEST(Recipe, SuitsAnotherArchitecture) {
  std::string text = "recipe: gemma-scope\n" + std::string(kBrief);
  text.replace(text.find("d_sae: 128"), 10, "d_sae: 128, architecture: topk, k: 8");
  EXPECT_EQ(Good(text).sae.architecture, SaeArchitecture::kTopK);
}

TEST(Recipe, MayBeThatOfAnArm) {
  std::string text = kBrief;
  text.replace(text.find("study:\n"),
               7,
               "study:\n  recipes: {a: {recipe: notebook, sae: {d_sae: 256}}, b: null}\n"
               "  compare: [a, b]\n");
  const ReadSweepResult read = ReadSweepText("s.yaml", text);
  ASSERT_EQ(Messages(read.mistakes), "");
  EXPECT_EQ(read.arms.list.at(0).sweep.sae.d_sae, 256);
  EXPECT_EQ(read.arms.list.at(1).sweep.sae.d_sae, 128);
}

TEST(Recipe, IsOneOfThoseThatThereAre) {
  EXPECT_NE(MistakesOf("recipe: soup\n" + std::string(kBrief)).find("gemma-scope, notebook"),
            std::string::npos);
}

}  // namespace
}  // namespace saelaw
