// The recipe, checked against the shortest of its runs.
#include "sweep/assemble.h"
#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

// What the recipe of Gemma Scope (arXiv 2408.05147) leaves to defaults.
TEST(AssembleTraining, FillsInTheRecipe) {
  const Sweep sweep = Good(kSmallSweep);
  EXPECT_EQ(sweep.name, "small");
  EXPECT_EQ(sweep.source.kind, SourceKind::kSynthetic);
  EXPECT_EQ(sweep.source.d_in, 64);
  EXPECT_EQ(sweep.training.adam_beta1, 0);
  EXPECT_EQ(sweep.training.adam_beta2, 0.999);
  EXPECT_EQ(sweep.training.adam_epsilon, 1e-8);
  EXPECT_EQ(sweep.sae.threshold_init, 0.001);
  EXPECT_EQ(sweep.sae.bandwidth, 0.001);
  EXPECT_EQ(sweep.training.threshold_lr, 0.001 / 4);
  EXPECT_EQ(sweep.training.lr_warmup.fraction, 0.05);
  EXPECT_EQ(sweep.target.utilisation, 0.4);
}

TEST(AssembleTraining, TakesLogThresholdsInUnitsOfTheLogarithm) {
  const Sweep sweep =
      Good(With("sae:\n", "sae:\n  threshold: {parametrisation: log, init: 0.01}\n"));
  EXPECT_EQ(sweep.sae.threshold_parametrisation, ThresholdParametrisation::kLog);
  EXPECT_DOUBLE_EQ(sweep.training.threshold_lr, 0.001 / 4 / 0.01);
}

TEST(CheckRecipe, RefusesWhatDoesNotFitTheShortestRun) {
  ExpectMistakes({
      {"lr: 4e-3",
       "sparsity: {controller: true}",
       "s.yaml:8:26: training.sparsity.controller holds training.sparsity.target_l0, which is "
       "missing: give it"},
      {"lr: 4e-3",
       "sparsity: {target_l0: 20, coefficient: 0, controller: true}",
       "s.yaml:8:57: training.sparsity.controller moves training.sparsity.coefficient, which must "
       "be more than 0 to begin with"},
      {"lr: 4e-3",
       "sparsity: {target_l0: 128}",
       "s.yaml:8:25: training.sparsity.target_l0 must be less than the number of latents, 128, got "
       "128"},
      {"lr: 4e-3\nstudy:\n",
       "lr: 4e-3\n  sparsity: {target_l0: 64}\nstudy:\n"
       "  lr_law: {tokens: [32Ki, 64Ki, 128Ki], d_sae: [32, 128, 256]}\n",
       "s.yaml:9:25: training.sparsity.target_l0 must be less than the number of latents, 32, got "
       "64"},
      {"lr: 4e-3",
       "lr_warmup: 32Ki",
       "s.yaml:8:14: training.lr_warmup of 32768 tokens does not fit into the shortest run of "
       "32768 tokens"},
      {"lr: 4e-3",
       "schedule: warmup-stable-decay\n  lr_warmup: 30%\n  decay_fraction: 80%",
       "s.yaml:10:19: lr_warmup and decay_fraction together take 110 % of the shortest run of "
       "32768 tokens; at most 100 % is possible"},
      {"d_sae: 128",
       "d_sae: 128\n  bandwidth: 0.1",
       "s.yaml:4:1: sae.threshold.init must be at least half the bandwidth, 0.05, where raw "
       "thresholds are clamped, got 0.001"},
  });
}

TEST(AssembleSae, TakesTheArchitectureAndWhatItKeeps) {
  EXPECT_EQ(Good(kSmallSweep).sae.architecture, SaeArchitecture::kJumpRelu);
  const Sweep topk = Good(With("sae:\n", "sae:\n  architecture: topk\n  k: 32\n"));
  EXPECT_EQ(topk.sae.architecture, SaeArchitecture::kTopK);
  EXPECT_EQ(topk.sae.k, 32);
  const Sweep batch = Good(With("sae:\n", "sae:\n  architecture: batch_topk\n  k: 2.5\n"));
  EXPECT_EQ(batch.sae.architecture, SaeArchitecture::kBatchTopK);
  EXPECT_EQ(batch.sae.k, 2.5);
  // What says nothing of it is not worked out either.
  EXPECT_EQ(batch.training.threshold_lr, TrainingSpec{}.threshold_lr);
  // Nothing warms up but the rate, so that it alone decides whether trunks are shared.
  EXPECT_EQ(batch.training.sparsity_warmup, (Stretch{0, 0, true}));
}

TEST(AssembleSae, RefusesKeysOfOtherArchitectures) {
  const std::string why =
      "says nothing of a topk SAE, whose active latents are sae.k a token: leave it out, or take "
      "sae.architecture: jump_relu";
  ExpectMistakes({
      {"d_sae: 128",
       "d_sae: 128\n  k: 32",
       "s.yaml:6:6: sae.k says nothing of a jump_relu SAE, whose active latents follow from "
       "training.sparsity: leave it out, or take sae.architecture: topk or batch_topk"},
      {"d_sae: 128",
       "d_sae: 128\n  architecture: topk\n  k: 32\n  bandwidth: 0.1",
       "s.yaml:8:14: sae.bandwidth " + why},
      {"d_sae: 128\ntraining:\n",
       "d_sae: 128\n  architecture: topk\n  k: 32\ntraining:\n"
       "  sparsity: {coefficient: 1e-3, target_l0: 20}\n",
       "s.yaml:9:27: training.sparsity.coefficient " + why +
           "\ns.yaml:9:44: training.sparsity.target_l0 " + why},
      {"d_sae: 128\ntraining:\n",
       "d_sae: 128\n  architecture: topk\n  k: 32\ntraining:\n  threshold_lr: 1e-4\n",
       "s.yaml:9:17: training.threshold_lr " + why},
  });
}

TEST(CheckKept, RefusesMoreLatentsThanThereAreAndPartsOfThem) {
  ExpectMistakes({
      {"d_sae: 128",
       "d_sae: 128\n  architecture: topk\n  k: 129",
       "s.yaml:7:6: sae.k must be at most the number of latents, 128, got 129"},
      {"d_sae: 128",
       "d_sae: 128\n  architecture: topk\n  k: 2.5",
       "s.yaml:7:6: sae.k of a topk SAE is a whole number of latents, got 2.5; batch_topk takes "
       "any"},
  });
  EXPECT_NE(MistakesOf(With("d_sae: 128", "d_sae: 128\n  architecture: topk")).find("sae.k"),
            std::string::npos);
}

TEST(CheckDeadLatents, WantsAWindowOfSilence) {
  ExpectMistakes({
      {"lr: 4e-3",
       "dead_latents: {method: auxk}",
       "s.yaml:8:26: training.dead_latents.method: auxk is for latents that are dead by "
       "training.dead_after_tokens, which is missing: give it"},
  });
  const std::string revived =
      With("lr: 4e-3", "lr: 4e-3\n  dead_after_tokens: 8Ki\n  dead_latents: {method: auxk, k: 9}");
  EXPECT_EQ(Good(revived).training.dead_latents, DeadLatents::kAuxK);
  EXPECT_EQ(Good(revived).training.auxk_latents, 9);
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", "lr: 4e-3\n  dead_latents: {k: 9}")),
            "s.yaml:9:21: training.dead_latents.k has no effect unless "
            "training.dead_latents.method is auxk\n");
}

TEST(CheckDeadLatents, KnowsWhatEachMethodNeeds) {
  const std::string resampled = With("lr: 4e-3",
                                     "lr: 4e-3\n  dead_after_tokens: 8Ki\n"
                                     "  dead_latents: {method: resample, every: 4Ki, until: 25%}");
  EXPECT_EQ(Good(resampled).training.dead_latents, DeadLatents::kResample);
  EXPECT_EQ(Good(resampled).training.resample_every, (Stretch{0, 4096, true}));
  EXPECT_EQ(Good(resampled).training.resample_until, (Stretch{0.25, 0, false}));
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", "lr: 4e-3\n  dead_latents: {every: 10%}")),
            "s.yaml:9:25: training.dead_latents.every has no effect unless "
            "training.dead_latents.method is resample\n");
  ExpectMistakes({
      {"d_sae: 128\ntraining:\n",
       "d_sae: 128\n  architecture: topk\n  k: 32\ntraining:\n"
       "  dead_after_tokens: 8Ki\n  dead_latents: {method: pre_acts}\n",
       "s.yaml:10:26: training.dead_latents.method: pre_acts is for latents with thresholds of "
       "their own, which sae.architecture: jump_relu alone has"},
  });
}

TEST(CheckPenalty, ReachesATargetByTheControllerAlone) {
  const Sweep tanh = Good(
      With("lr: 4e-3", "lr: 4e-3\n  sparsity: {penalty: tanh, target_l0: 20, controller: true}"));
  EXPECT_EQ(tanh.training.penalty, PenaltyShape::kTanh);
  EXPECT_EQ(tanh.training.tanh_scale, 4);
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", "lr: 4e-3\n  sparsity: {tanh_scale: 2}")),
            "s.yaml:9:26: training.sparsity.tanh_scale has no effect unless "
            "training.sparsity.penalty is tanh\n");
  ExpectMistakes({
      {"lr: 4e-3",
       "sparsity: {penalty: tanh, target_l0: 20}",
       "s.yaml:8:23: training.sparsity.penalty: tanh is a linear penalty, which reaches "
       "training.sparsity.target_l0 with training.sparsity.controller: true alone"},
  });
}

// 32Ki tokens of 256 at 5 %: 6.4 steps.
TEST(CheckRecipe, WarnsOfAWarmUpOfAFewSteps) {
  EXPECT_EQ(Messages(ReadSweepText("s.yaml", kSmallSweep).warnings),
            "s.yaml:6:1: training.lr_warmup: the shortest run, 32768 tokens, warms up over 6.4 "
            "steps; below 10 it is luck whether a run near the stability edge survives\n");
  const std::string longer = With("lr: 4e-3", "lr_warmup: 8%");
  EXPECT_EQ(Messages(ReadSweepText("s.yaml", longer).warnings), "");
}

TEST(RoundSize, RoundsSizesToWholeBatchesAndSaysSo) {
  const std::string text = With("[32Ki, 64Ki, 128Ki]", "[700, 10000]");
  EXPECT_EQ(Good(text).loss_law.tokens, (std::vector<std::int64_t>{768, 9984}));
  EXPECT_EQ(WarningsOf(text),
            "s.yaml:9:1: study.lr_law.tokens: a law needs at least 3 sizes, got 2, so no learning "
            "rate will be extrapolated\n"
            "s.yaml:11:13: study.loss_law.tokens: 700 is rounded to 768, whole batches of 256\n");
}

TEST(WholeBatches, TakesTheNearestAndAtLeastOne) {
  EXPECT_EQ(WholeBatches(1, 256), 256);
  EXPECT_EQ(WholeBatches(383, 256), 256);
  EXPECT_EQ(WholeBatches(384, 256), 512);
}

// A latent that fires on one token in 4096 is silent on most held-out sets of 128.
TEST(CheckHeldOut, WarnsOfFewerTokensThanLatents) {
  const auto held_out = [](const std::string& tokens, const std::string& recipe = "lr: 4e-3") {
    std::string text = With("source: synthetic", "source: synthetic\n  held_out_tokens: " + tokens);
    return WarningsOf(text.replace(text.find("lr: 4e-3"), 8, recipe));
  };
  EXPECT_EQ(held_out("128"), "");
  EXPECT_EQ(held_out("127"),
            "s.yaml:4:20: activations.held_out_tokens: 127 tokens for 128 latents, fewer than one "
            "a latent: many that are alive stay silent on so few; give more, or "
            "training.dead_after_tokens, to tell which are dead\n");
  EXPECT_NE(held_out("127", "dead_after_tokens: 1M")
                .find("which are dead is judged by training.dead_after_tokens"),
            std::string::npos);
}

}  // namespace
}  // namespace saelaw
