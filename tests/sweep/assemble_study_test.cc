// The stages of a study, its target, and what they must agree on.
#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

TEST(AssembleStudy, DerivesTheStudyFromTheLossLaw) {
  const Sweep sweep = Good(kSmallSweep);
  const std::vector<std::int64_t> sizes = {32768, 65536, 131072};
  EXPECT_EQ(sweep.loss_law.tokens, sizes);
  EXPECT_EQ(sweep.loss_law.lr, 4e-3);
  EXPECT_EQ(sweep.loss_law.d_sae, std::vector<std::int64_t>{128});
  EXPECT_EQ(sweep.lr_law.tokens, sizes);
  EXPECT_EQ(sweep.hold_out.tokens, 4 * 131072);
  EXPECT_EQ(sweep.target.tokens, 2'100'000'000);
  EXPECT_EQ(sweep.target.batch_tokens, 256);
  EXPECT_EQ(sweep.target.d_sae, 128);
}

TEST(AssembleStudy, RefusesSizesThatDoNotAgree) {
  ExpectMistakes({
      {"    tokens: [32Ki",
       "    law: size-data\n    tokens: [32Ki",
       "s.yaml:11:10: study.loss_law.law: size-data needs at least 3 sizes in "
       "study.loss_law.d_sae, got 1"},
      {"2.1B",
       "4Ki",
       "s.yaml:13:11: target.tokens must not be below the sweep's sizes, 32768 to 131072, got "
       "4096: it is the big run that they are to predict"},
      {"[32Ki, 64Ki, 128Ki]",
       "32Ki",
       "s.yaml:11:13: study.loss_law.tokens must have at least 2 sizes, got 1"},
      {"[32Ki, 64Ki, 128Ki]",
       "[64Ki, 32Ki, 128Ki]",
       "s.yaml:11:13: study.loss_law.tokens must be ascending and distinct, got 65536 before "
       "32768"},
      {"[32Ki, 64Ki, 128Ki]",
       "[100, 64Ki, 128Ki]",
       "s.yaml:11:13: study.loss_law.tokens must be at least one batch (training.batch_tokens), "
       "256, got 100"},
      {"study:",
       "study:\n  hold_out: {tokens: 128Ki}",
       "s.yaml:10:22: study.hold_out.tokens must be more than the largest fitted size, 131072, got "
       "131072"},
      {"tokens: 2.1B",
       "tokens: 255",
       "s.yaml:13:11: target.tokens must be at least one batch, 256, got 255"},
      {"tokens: 2.1B",
       "device: h100",
       "s.yaml:12:1: target.tokens is missing: Tokens of the big run; or give tokens_from"},
      {"tokens: 2.1B",
       "tokens: 2.1B\n  device: abacus",
       "s.yaml:14:11: target.device 'abacus' is not one of rtx4090, a100, h100, h200; for another "
       "give target.device_flops"},
      {"tokens: 2.1B",
       "tokens: 2.1B\n  tokens_from: {reference_tokens: 4B}",
       "s.yaml:14:3: give target.tokens or target.tokens_from, not both"},
  });
}

TEST(AssembleStudy, ListsTheLawsOfLossThatASweepCanCarry) {
  const std::string mistakes =
      MistakesOf(With("    tokens: [32Ki", "    law: lr\n    tokens: [32Ki"));
  EXPECT_EQ(mistakes.rfind("s.yaml:11:10: study.loss_law.law must be one of auto, data, power", 0),
            0U)
      << mistakes;
  EXPECT_EQ(mistakes.find("batch"), mistakes.npos);
}

TEST(AssembleStudy, WarnsOfTwoSizesOfTheSae) {
  EXPECT_EQ(WarningsOf(With("loss_law:\n", "loss_law:\n    d_sae: [64, 128]\n")),
            "s.yaml:11:12: study.loss_law.d_sae: a law of size needs at least 3 sizes, got 2, so "
            "the law of loss will be that of d_sae 128 alone\n");
  EXPECT_EQ(WarningsOf(With("loss_law:\n", "loss_law:\n    d_sae: [64, 128, 256]\n")), "");
}

TEST(AssembleStudy, ReadsSizesOfTheLearningRateLaw) {
  const std::string law =
      "study:\n  lr_law: {d_sae: [64, 128, 256], bisect_to: 1.1, edge_seeds: 5}\n";
  const Sweep sweep = Good(With("study:\n", law));
  EXPECT_EQ(sweep.lr_law.d_sae, (std::vector<std::int64_t>{64, 128, 256}));
  EXPECT_EQ(sweep.lr_law.edge_seeds, 5);
  EXPECT_EQ(Good(kSmallSweep).lr_law.d_sae, std::vector<std::int64_t>{128});
  EXPECT_EQ(Good(kSmallSweep).lr_law.edge_seeds, 3);
  EXPECT_EQ(MistakesOf(With("study:\n", "study:\n  lr_law: {d_sae: [64, 256]}\n")),
            "s.yaml:10:19: study.lr_law.d_sae must have sae.d_sae, 128, among its sizes: the "
            "hold-out is trained there\n");
  EXPECT_EQ(MistakesOf(With("study:\n", "study:\n  lr_law: {bisect_to: 1.001}\n")),
            "s.yaml:10:23: study.lr_law.bisect_to must be from 1.01 to 100, got 1.001\n");
}

TEST(AssembleStudy, ReadsExtraRunsAndBudget) {
  const Sweep sweep = Good(With("study:\n",
                                "budget: {wall: 8h, flops: 1e18, runs: 40}\n"
                                "study:\n  extra_runs:\n    - {tokens: 1Mi, note: old}\n"));
  ASSERT_EQ(sweep.extra_runs.size(), 1U);
  EXPECT_EQ(sweep.extra_runs[0].tokens, 1 << 20);
  EXPECT_EQ(sweep.extra_runs[0].d_sae, 128);
  EXPECT_EQ(sweep.extra_runs[0].lr, 4e-3);
  EXPECT_EQ(sweep.extra_runs[0].note, "old");
  EXPECT_EQ(sweep.budget.seconds, 8 * 3600.0);
  EXPECT_EQ(sweep.budget.flops, 1e18);
  EXPECT_EQ(sweep.budget.runs, 40);
}

// What keeps runs of several sizes from sharing a trunk is said, and is a mistake where they must.
TEST(AssembleStudy, SaysWhyNoTrunkIsShared) {
  const std::string share =
      "lr: 4e-3\n  schedule: warmup-stable-decay\n  lr_warmup: 8Ki\n  sparsity:\n    warmup: 10%";
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", share)),
            "s.yaml:12:13: training.sparsity.warmup is a share of each run, so that runs of "
            "different sizes share no trunk: give it in tokens (e.g. warmup: 64Ki)\n");
  const std::string tokens =
      "lr: 4e-3\n  schedule: warmup-stable-decay\n  lr_warmup: 8Ki\n  sparsity:\n    warmup: 8Ki";
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", tokens)), "");
  // So do the stretches of resampling, where it is asked for.
  const std::string resampled =
      tokens + "\n  dead_after_tokens: 4Ki\n  dead_latents: {method: resample, every: 4Ki, until: ";
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", resampled + "16Ki}")), "");
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", resampled + "50%}")),
            "s.yaml:14:55: training.dead_latents.until is a share of each run, so that runs of "
            "different sizes share no trunk: give it in tokens (e.g. until: 64Ki)\n");
  EXPECT_EQ(WarningsOf(kSmallSweep), "");  // cosine: nobody asked
  const auto required = [](const std::string& recipe) {
    std::string text = With("lr: 4e-3", recipe);
    text.insert(text.find("study:\n") + 7, "  share_trunks: required\n");
    return MistakesOf(text);
  };
  EXPECT_EQ(required(tokens), "");
  EXPECT_EQ(required("lr: 4e-3\n  schedule: warmup-stable-decay\n  lr_warmup: 5%"),
            "s.yaml:10:14: study.share_trunks: training.lr_warmup is a share of each run, so that "
            "runs of different sizes share no trunk: give it in tokens (e.g. lr_warmup: 64Ki)\n");
  EXPECT_EQ(required("lr: 4e-3\n  schedule: cosine"),
            "s.yaml:9:13: study.share_trunks: runs of schedule cosine know their length from the "
            "start and share no trunk: training.schedule must be warmup-stable-decay\n");
}

// 4e9 tokens at 256,000 ids are 4.24e9 at 128,000, and half of that 2.1e9: the published estimate.
TEST(AssembleTarget, DerivesTargetTokensByInformationContent) {
  const Sweep sweep = Good(With("tokens: 2.1B",
                                "tokens_from: {reference_tokens: 4B, reference_vocabulary: 256K, "
                                "vocabulary: 128K, size_ratio: 0.5}"));
  EXPECT_EQ(sweep.target.tokens, 2'100'000'000);
  ASSERT_TRUE(sweep.target.derivation);
  EXPECT_EQ(sweep.target.derivation->reference_vocabulary, 256000);
}

TEST(AssembleTarget, WarnsOfATargetThatASweepOutgrows) {
  EXPECT_EQ(WarningsOf(With("2.1B", "64Ki")),
            "s.yaml:13:11: target.tokens: 65536 is below the sweep's largest size, 131072: the "
            "sweep costs more than it is to predict\n");
  EXPECT_EQ(WarningsOf(With("2.1B", "128Ki")), "");
}

// The peak prices a device of any name.
TEST(AssembleTarget, TakesAnyDeviceWithAPeak) {
  const Target target =
      Good(With("tokens: 2.1B", "tokens: 2.1B\n  device: abacus\n  device_flops: 1T")).target;
  EXPECT_EQ(target.device, "abacus");
  EXPECT_EQ(target.device_flops, 1e12);
}

}  // namespace
}  // namespace saelaw
