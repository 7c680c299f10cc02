#include <cmath>
#include <cstdlib>

#include "core/errors.h"
#include "sweep/sweep_text.h"
#include "tensors/temporary_folder.h"

namespace saelaw {
namespace {

// What the recipe of Gemma Scope (arXiv 2408.05147) leaves to defaults.
TEST(ReadSweep, FillsInTheRecipe) {
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

// A default that is absent from the YAML must be the plain structs' own default.
TEST(ReadSweep, HasTheDefaultsOfThePlainData) {
  const Sweep sweep = Good(kSmallSweep);
  RunSpec expected;
  expected.source.d_in = 64;
  expected.sae.d_sae = 128;
  expected.training.batch_tokens = 256;
  expected.training.lr = 4e-3;
  expected.tokens = 32768;
  EXPECT_EQ(ToJson(MakeRun(sweep, 32768, 128, 4e-3, 0)), ToJson(expected));
}

TEST(ReadSweep, DerivesTheStudyFromTheLossLaw) {
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

TEST(ReadSweep, LeavesOutWhatIsAnsweredWithNone) {
  const Sweep sweep = Good(With("study:\n", "study:\n  lr_law: none\n  hold_out: none\n"));
  EXPECT_TRUE(sweep.lr_law.tokens.empty());
  EXPECT_EQ(sweep.hold_out.tokens, 0);
}

TEST(ReadSweep, TakesLogThresholdsInUnitsOfTheLogarithm) {
  const Sweep sweep =
      Good(With("sae:\n", "sae:\n  threshold: {parametrisation: log, init: 0.01}\n"));
  EXPECT_EQ(sweep.sae.threshold_parametrisation, ThresholdParametrisation::kLog);
  EXPECT_DOUBLE_EQ(sweep.training.threshold_lr, 0.001 / 4 / 0.01);
}

TEST(ReadSweep, TakesStretchesAsSharesAndAsTokens) {
  const Sweep sweep = Good(With(
      "training:\n", "training:\n  lr_warmup: 4Ki\n  sparsity: {warmup: 0.2, target_l0: 20}\n"));
  EXPECT_TRUE(sweep.training.lr_warmup.in_tokens);
  EXPECT_EQ(sweep.training.lr_warmup.tokens, 4096);
  EXPECT_FALSE(sweep.training.sparsity_warmup.in_tokens);
  EXPECT_EQ(sweep.training.sparsity_warmup.fraction, 0.2);
  EXPECT_EQ(sweep.training.sparsity, SparsityRule::kTargetL0);
}

TEST(ReadSweep, RoundsSizesToWholeBatchesAndSaysSo) {
  const std::string text = With("[32Ki, 64Ki, 128Ki]", "[700, 10000]");
  EXPECT_EQ(Good(text).loss_law.tokens, (std::vector<std::int64_t>{768, 9984}));
  EXPECT_EQ(WarningsOf(text),
            "s.yaml:9:1: study.lr_law.tokens: a law needs at least 3 sizes, got 2, so no learning "
            "rate will be extrapolated\n"
            "s.yaml:11:13: study.loss_law.tokens: 700 is rounded to 768, whole batches of 256\n");
}

// 4e9 tokens at 256,000 ids are 4.24e9 at 128,000, and half of that 2.1e9: the published estimate.
TEST(ReadSweep, DerivesTargetTokensByInformationContent) {
  const Sweep sweep = Good(With("tokens: 2.1B",
                                "tokens_from: {reference_tokens: 4B, reference_vocabulary: 256K, "
                                "vocabulary: 128K, size_ratio: 0.5}"));
  EXPECT_EQ(sweep.target.tokens, 2'100'000'000);
  ASSERT_TRUE(sweep.target.derivation);
  EXPECT_EQ(sweep.target.derivation->reference_vocabulary, 256000);
}

TEST(ReadSweep, ReadsExtraRunsAndBudget) {
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

TEST(ReadSweep, TakesTheBooleansOfYaml) {
  for (const char* word : {"true", "True", "TRUE", "yes", "Yes", "ON", "on"}) {
    EXPECT_TRUE(Good(With("name: small", std::string("demonstration: ") + word)).demonstration);
  }
  for (const char* word : {"false", "False", "FALSE", "no", "NO", "Off", "off"}) {
    EXPECT_FALSE(Good(With("name: small", std::string("demonstration: ") + word)).demonstration);
    const std::string clip = std::string("lr: 4e-3\n  gradient_clip: ") + word;
    EXPECT_EQ(Good(With("lr: 4e-3", clip)).training.gradient_clip, 0);
  }
}

TEST(ReadSweep, TakesNullForTheDefault) {
  for (const char* null : {"null", "Null", "NULL", "~", "null # as before", "~  "}) {
    const std::string text = With("lr: 4e-3", std::string("lr: ") + null);
    EXPECT_EQ(Good(text).training.lr, 7e-5) << null;
    EXPECT_EQ(ReadSweepText("s.yaml", text).effective.at("training.lr").origin, "default");
  }
  const Sweep flow = Good(With("lr: 4e-3", "adam: {beta1: null, beta2: ~,epsilon: null}"));
  EXPECT_EQ(flow.training.adam_beta2, 0.999);
  const Sweep two = Good(With("tokens: 2.1B", "tokens: 2.1B\n  tokens_from: null"));
  EXPECT_EQ(two.target.tokens, 2'100'000'000);
  EXPECT_EQ(Good(With("name: small", "name: 'null'")).name, "null");
}

TEST(ReadSweep, SaysThatNullIsNotNone) {
  const std::string text = With("study:\n", "study:\n  lr_law: null\n");
  EXPECT_EQ(Good(text).lr_law.tokens.size(), 3U);
  EXPECT_NE(WarningsOf(text).find("s.yaml:10:11: study.lr_law: null stands for the default, which "
                                  "is not none; write none to leave this section out"),
            std::string::npos);
}

TEST(ReadSweep, TakesTimesOfSeveralUnitsAndWarnsOfNone) {
  EXPECT_EQ(Good(With("name: small", "budget: {wall: 1h30m}")).budget.seconds, 5400);
  const std::string bare = With("name: small", "budget: {wall: 1e10}");
  EXPECT_EQ(Good(bare).budget.seconds, 1e10);
  EXPECT_NE(WarningsOf(bare).find("s.yaml:1:16: budget.wall: 1e10 has no unit and is taken as "
                                  "seconds; write 1e10s (or m, h, d)"),
            std::string::npos);
}

TEST(ReadSweep, SaysWhereEachValueCameFrom) {
  const ReadSweepResult result =
      ReadSweepText("dir/s.yaml", kSmallSweep, {{"execution.device", "cuda"}});
  ASSERT_TRUE(result.sweep);
  EXPECT_EQ(result.sweep->execution.device, "cuda");
  EXPECT_EQ(result.effective.at("execution.device").origin, "flag");
  EXPECT_EQ(result.effective.at("sae.d_sae").value, "128");
  EXPECT_EQ(result.effective.at("sae.d_sae").origin, "s.yaml:5");
  EXPECT_EQ(result.effective.at("sae.bandwidth").origin, "default");
  EXPECT_EQ(result.effective.at("training.threshold_lr").origin, "default (bandwidth/4)");
  EXPECT_EQ(result.effective.at("target.tokens").value, "2100000000");
}

TEST(ReadSweep, LetsFlagsWinOverTheFile) {
  const ReadSweepResult result = ReadSweepText(
      "s.yaml",
      kSmallSweep,
      {{"study.loss_law.tokens", "[1Ki, 2Ki, 4Ki]"}, {"study.lr_law", "none"}, {"sae.d_sae", "9"}});
  ASSERT_TRUE(result.sweep) << Messages(result.mistakes);
  EXPECT_EQ(result.sweep->loss_law.tokens, (std::vector<std::int64_t>{1024, 2048, 4096}));
  EXPECT_TRUE(result.sweep->lr_law.tokens.empty());
  EXPECT_EQ(result.sweep->sae.d_sae, 9);
}

TEST(ReadSweep, NamesTheFlagThatIsWrong) {
  const ReadSweepResult result = ReadSweepText(
      "s.yaml", kSmallSweep, {{"execution.devise", "cuda"}, {"execution.workers", "none"}});
  EXPECT_EQ(Messages(result.mistakes),
            "s.yaml: unknown key 'devise' in execution (given by a flag); did you mean "
            "'device'?\n"
            "s.yaml: execution.workers must be a whole number such as 512, 131072, 512K or 2.1B "
            "(units: K, M, B, G, T; Ki, Mi, Gi, Ti), got 'none' (given by a flag)\n");
}

TEST(ReadSweep, FindsPathsFromTheFilesFolderAndTheEnvironment) {
  const TemporaryFolder folder;
  const auto path = folder.Write("night.yaml",
                                 R"(activations:
  source: model
  model: model.gguf
  card: smollm2-135m
  text: [texts, "${SAELAW_TEST_UNSET:-fallback}/*.txt", "${SAELAW_TEST_SET}/a.txt"]
sae: {d_sae: 128}
training: {batch_tokens: 4}
study: {loss_law: {tokens: [1Ki, 2Ki, 4Ki]}}
target: {tokens: 1M}
)");
  ::setenv("SAELAW_TEST_SET", "/data", 1);
  const ReadSweepResult result = ReadSweep(path.string());
  ASSERT_TRUE(result.sweep) << Messages(result.mistakes);
  EXPECT_EQ(result.text.substr(0, 12), "activations:");
  EXPECT_EQ(result.sweep->name, "night");
  const ModelSource& model = result.sweep->source.model;
  EXPECT_EQ(model.model, (folder.path() / "model.gguf").string());
  EXPECT_EQ(model.text,
            (std::vector<std::string>{(folder.path() / "texts").string(),
                                      (folder.path() / "fallback/*.txt").string(),
                                      "/data/a.txt"}));
  EXPECT_EQ(model.layer, 14);  // of 30 blocks, the last of the first half
  EXPECT_EQ(result.sweep->source.d_in, 576);
  // The model and two of the texts are not there; the pattern is not looked up.
  EXPECT_EQ(result.warnings.size(), 3U);
}

TEST(ReadSweep, TakesASeparatorOfTokenFiles) {
  const std::string model = "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n";
  const auto source = [&](const std::string& rest) {
    return Good(With("source: synthetic", model + rest)).source.model;
  };
  EXPECT_EQ(source("  token_files: t.bin\n  document_separator: 0").document_separator, 0);
  EXPECT_FALSE(source("  token_files: t.bin").document_separator);
  EXPECT_FALSE(source("  text: t\n  document_separator: 3").document_separator);
}

TEST(ReadSweep, LeavesBosToTheTokenizerUnlessTold) {
  const auto add_bos = [&](const std::string& rest) {
    const std::string model = "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n  text: t\n";
    return Good(With("source: synthetic", model + rest)).source.model.add_bos;
  };
  EXPECT_EQ(add_bos(""), std::nullopt);
  EXPECT_EQ(add_bos("  add_bos: auto"), std::nullopt);
  EXPECT_EQ(add_bos("  add_bos: true"), true);
  EXPECT_EQ(add_bos("  add_bos: false"), false);
}

TEST(ReadSweep, TakesTheKeyOfTheText) {
  const std::string model = "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n  text: t";
  const auto key = [&](const std::string& rest) {
    return Good(With("source: synthetic", model + rest)).source.model.text_key;
  };
  EXPECT_EQ(key(""), "text");
  EXPECT_EQ(key("\n  text_key: content"), "content");
}

TEST(ReadSweep, TakesSeveralDevices) {
  const Sweep sweep = Good(With("study:\n", "execution: {device: [cuda:0, cuda:3]}\nstudy:\n"));
  EXPECT_EQ(sweep.execution.devices, (std::vector<std::string>{"cuda:0", "cuda:3"}));
  EXPECT_EQ(sweep.execution.device, "cuda");
  EXPECT_EQ(sweep.execution.trainers(), 2);
  const Execution one = Good(With("study:\n", "execution: {device: cuda:1}\nstudy:\n")).execution;
  EXPECT_EQ(one.devices, (std::vector<std::string>{"cuda:1"}));
  EXPECT_EQ(one.device, "cuda:1");
}

TEST(ReadSweep, TakesCheckpointsByTimeAndByTokens) {
  const auto execution = [](const std::string& keys) {
    return Good(With("study:\n", "execution: {" + keys + "}\nstudy:\n")).execution;
  };
  EXPECT_EQ(execution("").checkpoint_seconds, 300);
  EXPECT_EQ(execution("").checkpoint_tokens, 0);
  const Execution both = execution("checkpoint_every: 90s, checkpoint_tokens: 4Ki");
  EXPECT_EQ(both.checkpoint_seconds, 90);
  EXPECT_EQ(both.checkpoint_tokens, 4096);
  EXPECT_NE(MistakesOf(With("study:\n", "execution: {checkpoint_every: 0}\nstudy:\n")), "");
}

TEST(ReadSweep, TakesTheWidthFromTheHook) {
  const std::string text = With("source: synthetic",
                                "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n"
                                "  text: t\n  hook: mlp_act");
  const Sweep sweep = Good(text);
  EXPECT_EQ(sweep.source.d_in, 8192);
  EXPECT_EQ(sweep.source.model.layer, 7);
  ASSERT_TRUE(sweep.model_shape);
  EXPECT_EQ(sweep.model_shape->parameters, 1'200'000'000);
}

// What keeps runs of several sizes from sharing a trunk is said, and is a mistake where they must.
TEST(ReadSweep, SaysWhyNoTrunkIsShared) {
  const std::string share =
      "lr: 4e-3\n  schedule: warmup-stable-decay\n  lr_warmup: 8Ki\n  sparsity:\n    warmup: 10%";
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", share)),
            "s.yaml:12:13: training.sparsity.warmup is a share of each run, so that runs of "
            "different sizes share no trunk: give it in tokens (e.g. warmup: 64Ki)\n");
  const std::string tokens =
      "lr: 4e-3\n  schedule: warmup-stable-decay\n  lr_warmup: 8Ki\n  sparsity:\n    warmup: 8Ki";
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", tokens)), "");
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

TEST(ReadSweep, ThrowsOnlyWhenTheFileCannotBeRead) {
  EXPECT_THROW(ReadSweep("/nowhere/s.yaml"), Error);
}

TEST(ReadRun, ReadsTheConfigurationOfOneRun) {
  const ReadRunResult result = ReadRunText("s.yaml",
                                           "activations: {source: synthetic}\n"
                                           "sae: {d_sae: 128}\n"
                                           "training: {batch_tokens: 256, lr: 0.00123}\n"
                                           "run: {tokens: 1000, seed: 3, stream_seed: 4}\n");
  ASSERT_TRUE(result.configuration) << Messages(result.mistakes);
  EXPECT_EQ(result.configuration->run.tokens, 1024);
  EXPECT_EQ(result.configuration->run.seed, 3U);
  EXPECT_EQ(result.configuration->run.stream_seed, 4U);
  EXPECT_EQ(result.configuration->run.training.lr, 0.00123);
}

TEST(ReadRun, KnowsNoStudyAndASweepNoRun) {
  const ReadRunResult run = ReadRunText("s.yaml",
                                        "activations: {source: synthetic}\nsae: {d_sae: 128}\n"
                                        "run: {tokens: 10M}\nstudy: {}\n");
  EXPECT_EQ(Messages(run.mistakes),
            "s.yaml:4:1: unknown key 'study'; known here: name, demonstration, about, activations, "
            "sae, training, run, execution\n");
  EXPECT_EQ(MistakesOf(std::string(kSmallSweep) + "run: {tokens: 1M}\n"),
            "s.yaml:14:1: unknown key 'run'; known here: name, demonstration, about, activations, "
            "sae, training, study, target, budget, execution\n");
}

TEST(MakeRun, RoundsToTheNearestWholeBatchAndAtLeastOne) {
  const Sweep sweep = Good(kSmallSweep);
  EXPECT_EQ(MakeRun(sweep, 1, 64, 1e-3, 0).tokens, 256);
  EXPECT_EQ(MakeRun(sweep, 383, 64, 1e-3, 0).tokens, 256);
  EXPECT_EQ(MakeRun(sweep, 384, 64, 1e-3, 0).tokens, 512);
  EXPECT_EQ(MakeRun(sweep, 512, 64, 1e-3, 0).tokens, 512);
}

TEST(MakeRun, VariesInitialisationAndDataWithTheReplicate) {
  const RunSpec run = MakeRun(Good(kSmallSweep), 512, 64, 1e-3, 5);
  EXPECT_EQ(run.seed, 5U);
  EXPECT_EQ(run.stream_seed, 5U);
  EXPECT_EQ(run.sae.d_sae, 64);
  EXPECT_EQ(run.training.lr, 1e-3);
}

}  // namespace
}  // namespace saelaw
