#include "sweep/arms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// kSmallSweep with something in its study.
std::string Comparing(std::string_view study) {
  return With("study:\n", "study:\n" + std::string(study));
}

constexpr std::string_view kTwo =
    "  recipes:\n"
    "    plain:\n"
    "    held: {training: {sparsity: {controller: true, warmup: 20%}}}\n"
    "  compare: [plain, held]\n"
    "  sparsity: [16, 32]\n";

std::vector<std::string> LabelsOf(const Arms& arms) {
  std::vector<std::string> labels;
  for (const Arm& arm : arms.list) labels.push_back(MakeLabel(arm));
  return labels;
}

TEST(SplitIntoArms, MakesASweepOfEachRecipeAtEachSparsity) {
  const ReadSweepResult read = ReadSweepText("s.yaml", Comparing(kTwo));
  ASSERT_EQ(Messages(read.mistakes), "");
  EXPECT_THAT(LabelsOf(read.arms), ElementsAre("plain@16", "plain@32", "held@16", "held@32"));
  const Sweep& plain = read.arms.list[1].sweep;
  const Sweep& held = read.arms.list[2].sweep;
  EXPECT_EQ(plain.name, "small/plain@32");
  EXPECT_EQ(plain.training.target_l0, 32);
  EXPECT_FALSE(plain.training.l0_controller);
  EXPECT_EQ(held.training.target_l0, 16);
  EXPECT_TRUE(held.training.l0_controller);
  EXPECT_EQ(held.training.sparsity_warmup.fraction, 0.2);
  // What a recipe does not name stays the sweep's.
  EXPECT_EQ(held.training.lr, 4e-3);
  EXPECT_EQ(read.arms.name, "small");
  EXPECT_EQ(read.sweep->name, "small");
}

// Architectures compare at one L0, each by its own way to it.
TEST(SplitIntoArms, SetsTheNumberOfLatentsWhereThatIsKept) {
  const ReadSweepResult read =
      ReadSweepText("s.yaml",
                    Comparing("  recipes:\n"
                              "    jump: {training: {sparsity: {controller: true}}}\n"
                              "    batch: {sae: {architecture: batch_topk}}\n"
                              "  compare: [jump, batch]\n"
                              "  sparsity: [16, 32]\n"));
  ASSERT_EQ(Messages(read.mistakes), "");
  const Sweep& jump = read.arms.list[1].sweep;
  const Sweep& batch = read.arms.list[3].sweep;
  EXPECT_EQ(jump.training.target_l0, 32);
  EXPECT_EQ(batch.sae.k, 32);
  EXPECT_EQ(batch.training.target_l0, 0);
}

TEST(SplitIntoArms, LeavesASweepThatComparesNothingAsItIs) {
  const ReadSweepResult read = ReadSweepText("s.yaml", kSmallSweep);
  ASSERT_EQ(read.arms.list.size(), 1u);
  EXPECT_FALSE(read.arms.compares());
  EXPECT_EQ(read.arms.first().name, "small");
  EXPECT_THAT(LabelsOf(read.arms), ElementsAre(""));
}

TEST(SplitIntoArms, TakesSparsitiesWithoutRecipes) {
  const ReadSweepResult read = ReadSweepText("s.yaml", Comparing("  sparsity: [8, 2.5]\n"));
  EXPECT_THAT(LabelsOf(read.arms), ElementsAre("l0-8", "l0-2.5"));
}

TEST(SplitIntoArms, GivesEachArmAnEqualPartOfTheBudget) {
  const std::string budget = "budget: {runs: 9, flops: 8e9, wall: 1h}\n";
  const ReadSweepResult read = ReadSweepText("s.yaml", Comparing(kTwo) + budget);
  const Budget& part = read.arms.list.back().sweep.budget;
  EXPECT_EQ(part.runs, 2);
  EXPECT_EQ(part.flops, 2e9);
  EXPECT_EQ(part.seconds, 3600);  // the arms train at the same time
}

TEST(SplitIntoArms, TellsMistakesWhereTheRecipeStands) {
  const struct {
    const char *study, *message;
    int lines = 1;
  } kCases[] = {
      {"  recipes: {a: {}, b: {}}\n  compare: [a, c]\n",
       "s.yaml:11:16: study.compare: no recipe 'c' in study.recipes; there are a, b"},
      {"  recipes:\n  compare: [a, ab]\n", "no recipe 'a' in study.recipes, which has none", 2},
      {"  recipes: {a: {}}\n  compare: [a]\n",
       "s.yaml:11:12: study.compare must name at least two recipes, got one"},
      {"  recipes: {a: {}, b: {}}\n  compare: [a, b, a]\n",
       "s.yaml:11:19: study.compare: 'a' stands here twice"},
      {"  recipes: {a: {target: {}}, b: {}}\n  compare: [a, b]\n",
       "s.yaml:10:17: a recipe changes keys of sae and training alone, and may begin with "
       "another's values by recipe, got 'target'"},
      {"  recipes: {a/b: {}, b: {}}\n  compare: [b, a/b]\n", "a recipe's name must be 1 to 40"},
      {"  recipes: [a, b]\n", "s.yaml:10:12: study.recipes must be names"},
      {"  recipes: {a: 3, b: {}}\n  compare: [a, b]\n",
       "study.recipes.a must be a section with sae and training, or nothing"},
      {"  sparsity: [8, 8]\n", "s.yaml:10:17: study.sparsity: 8 stands here twice"},
      {"  sparsity: [-1]\n", "study.sparsity must be more than 0, got -1"},
      // Found by whoever reads the arm, once, though two arms have it.
      {"  recipes: {a: {training: {lr: fast}}, b: {}}\n  compare: [a, b]\n  sparsity: [4, 8]\n",
       "s.yaml:10:32: training.lr must be a number"},
      {"  recipes: {a: {training: {rate: 1}}, b: {}}\n  compare: [a, b]\n",
       "s.yaml:10:28: unknown key 'rate' in training"},
      {"  sparsity: [200]\n", "must be less than the number of latents, 128, got 200"},
  };
  for (const auto& one : kCases) {
    const std::string told = MistakesOf(Comparing(one.study));
    EXPECT_THAT(told, HasSubstr(one.message)) << one.study;
    EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), one.lines) << told;
  }
}

TEST(SplitIntoArms, WarnsOfARecipeThatIsNotCompared) {
  const ReadSweepResult read =
      ReadSweepText("s.yaml", Comparing("  recipes: {a: {}, b: {}, c: {}}\n  compare: [a, b]\n"));
  EXPECT_THAT(Messages(read.warnings),
              HasSubstr("s.yaml:10:27: study.recipes.c has no effect: study.compare does not"));
}

}  // namespace
}  // namespace saelaw
