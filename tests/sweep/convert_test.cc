// Each value by itself: its units, its range, and the words for one that is refused.
#include <cstdlib>

#include "sweep/sweep_text.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

constexpr const char* kCountWords =
    "a whole number such as 512, 131072, 512K or 2.1B (units: K, M, B, G, T; Ki, Mi, Gi, Ti)";
constexpr const char* kNumberWords =
    "a number such as 4e-3, 0.5 or 165T (units: K, M, B, G, T; Ki, Mi, Gi, Ti)";

TEST(Convert, SaysWhatAValueMustBe) {
  const auto count = [](const std::string& got) {
    return std::string(" must be ") + kCountWords + ", got '" + got + "'";
  };
  ExpectMistakes({
      {"2.1B", "2.1 bananas", "s.yaml:13:11: target.tokens" + count("2.1 bananas")},
      {"256", "2.5", "s.yaml:7:17: training.batch_tokens" + count("2.5")},
      {"4e-3",
       ".nan",
       std::string("s.yaml:8:7: training.lr must be ") + kNumberWords + ", got '.nan'"},
      {"4e-3",
       "inf",
       std::string("s.yaml:8:7: training.lr must be ") + kNumberWords + ", got 'inf'"},
      {"4e-3", "-1", "s.yaml:8:7: training.lr must be more than 0 and at most 10, got -1"},
      {"4e-3", "11", "s.yaml:8:7: training.lr must be more than 0 and at most 10, got 11"},
      {"4e-3", "[1, 2]", "s.yaml:8:7: training.lr must be one value, got a list"},
      {"4e-3", "{a: 1}", "s.yaml:8:7: training.lr must be one value, got a section"},
      {"4e-3", "", "s.yaml:8:3: training.lr must be one value, got nothing"},
      {"256", "0", "s.yaml:7:17: training.batch_tokens must be from 1 to 16777216, got 0"},
      {"name: small",
       "demonstration: maybe",
       "s.yaml:1:16: demonstration must be true or false, got 'maybe'"},
      {"name: small",
       "budget: {wall: 8 parsecs}",
       "s.yaml:1:16: budget.wall must be a time such as 90s, 8h or 1h30m (units: s, m, min, h, "
       "d), got '8 parsecs'"},
      {"name: small", "budget: {wall: 0s}", "s.yaml:1:16: budget.wall must be more than 0, got 0s"},
      {"name: small",
       "budget: {wall: 30m1h}",
       "s.yaml:1:16: budget.wall must be a time such as 90s, 8h or 1h30m (units: s, m, min, h, "
       "d), got '30m1h'"},
      {"name: small",
       "execution: {device: 'cuda:'}",
       "s.yaml:1:21: execution.device must be cpu, cuda or cuda:N, got 'cuda:'"},
      {"source: synthetic",
       "source: syntetic",
       "s.yaml:3:11: activations.source must be one of synthetic, model, shards, got 'syntetic'; "
       "did you mean 'synthetic'?"},
      {"lr: 4e-3",
       "lr_warmup: 150%",
       "s.yaml:8:14: training.lr_warmup must be a share of the run from 0% to 100%, such as 5%, or "
       "a number of tokens such as 4K (units: %; K, M, B, G, T; Ki, Mi, Gi, Ti), got '150%'"},
      {"[32Ki, 64Ki, 128Ki]",
       "[]",
       "s.yaml:11:13: study.loss_law.tokens must have 1 to 64 entries, got 0"},
      {"[32Ki, 64Ki, 128Ki]",
       "[32Ki, [64Ki], 128Ki]",
       "s.yaml:11:20: study.loss_law.tokens must be one value, got a list"},
      {"[32Ki, 64Ki, 128Ki]",
       "[32Ki, null, 128Ki]",
       "s.yaml:11:20: study.loss_law.tokens must be one value, got nothing"},
  });
}

// The 40th byte is the first of two, then the second of two: neither is shown alone.
TEST(Convert, CutsNoCharacterInTwo) {
  for (const int letters : {39, 38}) {
    const std::string whole(static_cast<std::size_t>(letters), 'a');
    const std::string tail = letters == 38 ? "\xC3\xA4" : "";
    const std::string text =
        With("source: synthetic", "source: " + whole + "\xC3\xA4\xC3\xA4\xC3\xA4");
    EXPECT_NE(MistakesOf(text).find("'" + whole + tail + "...'"), std::string::npos)
        << MistakesOf(text);
  }
}

TEST(Convert, ResolvesVariablesOrSaysHow) {
  ExpectMistakes({
      {"source: synthetic",
       "source: model\n  model: ${SAELAW_TEST_UNSET}/m\n  card: llama-3.2-1b\n  text: /tmp",
       "s.yaml:4:10: activations.model: the environment variable 'SAELAW_TEST_UNSET' is not set; "
       "set it, or write ${SAELAW_TEST_UNSET:-default}"},
      {"source: synthetic",
       "source: model\n  model: ${SAELAW\n  card: llama-3.2-1b\n  text: /tmp",
       "s.yaml:4:10: activations.model: '${' is not closed by '}'"},
  });
}

TEST(Convert, TakesTheBooleansOfYaml) {
  for (const char* word : {"true", "True", "TRUE", "yes", "Yes", "ON", "on"}) {
    EXPECT_TRUE(Good(With("name: small", std::string("demonstration: ") + word)).demonstration);
  }
  for (const char* word : {"false", "False", "FALSE", "no", "NO", "Off", "off"}) {
    EXPECT_FALSE(Good(With("name: small", std::string("demonstration: ") + word)).demonstration);
    const std::string clip = std::string("lr: 4e-3\n  gradient_clip: ") + word;
    EXPECT_EQ(Good(With("lr: 4e-3", clip)).training.gradient_clip, 0);
  }
}

TEST(Convert, TakesTimesOfSeveralUnitsAndWarnsOfNone) {
  EXPECT_EQ(Good(With("name: small", "budget: {wall: 1h30m}")).budget.seconds, 5400);
  const std::string bare = With("name: small", "budget: {wall: 1e10}");
  EXPECT_EQ(Good(bare).budget.seconds, 1e10);
  EXPECT_NE(WarningsOf(bare).find("s.yaml:1:16: budget.wall: 1e10 has no unit and is taken as "
                                  "seconds; write 1e10s (or m, h, d)"),
            std::string::npos);
}

TEST(Convert, TakesARiskAsAShareOrTheLeastLoss) {
  EXPECT_EQ(Good(kSmallSweep).target.risk, 0);
  EXPECT_EQ(Good(With("2.1B", "2.1B\n  risk: least-loss")).target.risk, 0);
  EXPECT_EQ(Good(With("2.1B", "2.1B\n  risk: 1%")).target.risk, 0.01);
  ExpectMistakes(
      {{"2.1B",
        "2.1B\n  risk: 0%",
        "s.yaml:14:9: target.risk must be a share above 0, such as 1%, or least-loss, "
        "got '0%'"},
       {"2.1B", "2.1B\n  risk: 60%", "s.yaml:14:9: target.risk must be from 0 to 0.5, got 60%"}});
}

TEST(Convert, TakesStretchesAsSharesAndAsTokens) {
  const Sweep sweep = Good(With(
      "training:\n", "training:\n  lr_warmup: 4Ki\n  sparsity: {warmup: 0.2, target_l0: 20}\n"));
  EXPECT_TRUE(sweep.training.lr_warmup.in_tokens);
  EXPECT_EQ(sweep.training.lr_warmup.tokens, 4096);
  EXPECT_FALSE(sweep.training.sparsity_warmup.in_tokens);
  EXPECT_EQ(sweep.training.sparsity_warmup.fraction, 0.2);
  EXPECT_EQ(sweep.training.sparsity, SparsityRule::kTargetL0);
}

TEST(Convert, FindsPathsFromTheFilesFolderAndTheEnvironment) {
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

}  // namespace
}  // namespace saelaw
