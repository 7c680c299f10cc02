// Each bad input has one line that says where, what and what is allowed. Golden lines.
#include <fstream>

#include "sweep/sweep_text.h"
#include "tensors/temporary_folder.h"

namespace saelaw {
namespace {

constexpr const char* kCountWords =
    "a whole number such as 512, 131072, 512K or 2.1B (units: K, M, B, G, T; Ki, Mi, Gi, Ti)";
constexpr const char* kNumberWords =
    "a number such as 4e-3, 0.5 or 165T (units: K, M, B, G, T; Ki, Mi, Gi, Ti)";

TEST(FormatMistakes, ShowsPlaceMessageLineAndCaret) {
  const std::string text = With("d_sae: 128", "d_sae: -1");
  EXPECT_EQ(FormatMistakes("s.yaml", text, ReadSweepText("s.yaml", text).mistakes),
            "s.yaml:5:10: sae.d_sae must be from 1 to 16777216, got -1\n"
            "    5 |   d_sae: -1\n"
            "      |          ^\n");
}

TEST(FormatMistakes, PutsTheCaretUnderCharactersNotBytes) {
  const std::string out = FormatMistakes("s", "n\xC3\xA4me: x", {{1, 7, "m"}});
  EXPECT_EQ(out, "s:1:7: m\n    1 | n\xC3\xA4me: x\n      |      ^\n");
}

TEST(FormatMistakes, ShowsPartOfALongLineAndNoControlCharacters) {
  const std::string line = std::string(5000, 'a') + "\x1b[31m" + std::string(5000, 'b');
  const std::string out = FormatMistakes("s", line, {{1, 5001, "m"}});
  EXPECT_LT(out.size(), 400U);
  EXPECT_EQ(out.find('\x1b'), out.npos);
}

// The 40th byte is the first of two, then the second of two: neither is shown alone.
TEST(FormatMistakes, CutsNoCharacterInTwo) {
  for (const int letters : {39, 38}) {
    const std::string whole(static_cast<std::size_t>(letters), 'a');
    const std::string tail = letters == 38 ? "\xC3\xA4" : "";
    const std::string text =
        With("source: synthetic", "source: " + whole + "\xC3\xA4\xC3\xA4\xC3\xA4");
    EXPECT_NE(MistakesOf(text).find("'" + whole + tail + "...'"), std::string::npos)
        << MistakesOf(text);
  }
}

struct Case {
  const char* from;
  const char* to;
  std::string line;
};

class OneMistake : public ::testing::TestWithParam<Case> {};

TEST_P(OneMistake, HasItsLine) {
  EXPECT_EQ(MistakesOf(With(GetParam().from, GetParam().to)), GetParam().line + "\n");
}

TEST(ReadSweep, ListsTheLawsOfLossThatASweepCanCarry) {
  const std::string mistakes =
      MistakesOf(With("    tokens: [32Ki", "    law: lr\n    tokens: [32Ki"));
  EXPECT_EQ(mistakes.rfind("s.yaml:11:10: study.loss_law.law must be one of auto, data, power", 0),
            0U)
      << mistakes;
  EXPECT_EQ(mistakes.find("batch"), mistakes.npos);
}

std::vector<Case> Cases() {
  const auto count = [](const std::string& got) {
    return std::string(" must be ") + kCountWords + ", got '" + got + "'";
  };
  return {
      // The law of loss.
      {"    tokens: [32Ki",
       "    law: size-data\n    tokens: [32Ki",
       "s.yaml:11:10: study.loss_law.law: size-data needs at least 3 sizes in "
       "study.loss_law.d_sae, "
       "got 1"},
      // Units and types.
      {"2.1B", "2.1 bananas", "s.yaml:13:11: target.tokens" + count("2.1 bananas")},
      {"2.1B",
       "4Ki",
       "s.yaml:13:11: target.tokens must not be below the sweep's sizes, 32768 to 131072, got "
       "4096: "
       "it is the big run that they are to predict"},
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
       "name: a/b",
       "s.yaml:1:7: name must have at most 100 bytes, no slash, no line break and no dot in front: "
       "it names a folder"},
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
      {"name: small",
       "execution: {device: [cuda:0, cuda:1, cuda:0]}",
       "s.yaml:1:21: execution.device: several devices must be different cuda:N, got 'cuda:0'"},
      {"name: small",
       "execution: {device: [cpu, cuda:1]}",
       "s.yaml:1:21: execution.device: several devices must be different cuda:N, got 'cpu'"},
      {"name: small",
       "execution: {kernels: cuda}",
       "s.yaml:1:22: execution.kernels: 'cuda' cannot run on the device cpu; allowed there: auto, "
       "reference, avx2, avx512, avx512_bf16, amx"},
      {"name: small",
       "execution: {device: cuda, kernels: amx}",
       "s.yaml:1:36: execution.kernels: 'amx' cannot run on the device cuda; allowed there: auto, "
       "reference, cuda"},
      {"source: synthetic",
       "source: syntetic",
       "s.yaml:3:11: activations.source must be one of synthetic, model, shards, got 'syntetic'; "
       "did you mean 'synthetic'?"},
      {"lr: 4e-3",
       "lr_warmup: 150%",
       "s.yaml:8:14: training.lr_warmup must be a share of the run from 0% to 100%, such as 5%, or "
       "a number of tokens such as 4K (units: %; K, M, B, G, T; Ki, Mi, Gi, Ti), got '150%'"},
      {"lr: 4e-3",
       "adam: 3",
       "s.yaml:8:9: training.adam must be a section: keys indented below it"},
      // Keys.
      {"d_sae: 128",
       "d_sea: 128",
       "s.yaml:4:1: sae.d_sae is missing: Number of latents\n"
       "s.yaml:5:3: unknown key 'd_sea' in sae; did you mean 'd_sae'?"},
      {"d_sae: 128",
       "d_sae: 128\n  lr: 1",
       "s.yaml:6:3: unknown key 'lr' in sae; did you mean training.lr?"},
      {"d_sae: 128",
       "d_sae: 128\n  d_sae: 64",
       "s.yaml:6:3: duplicate key 'd_sae'; it already stands in line 5"},
      {"name: small",
       "zzzzzzzz: 1",
       "s.yaml:1:1: unknown key 'zzzzzzzz'; known here: name, demonstration, about, activations, "
       "sae, training, study, target, budget, execution"},
      // Lists.
      {"[32Ki, 64Ki, 128Ki]",
       "32Ki",
       "s.yaml:11:13: study.loss_law.tokens must have at least 2 sizes, got 1"},
      {"[32Ki, 64Ki, 128Ki]",
       "[]",
       "s.yaml:11:13: study.loss_law.tokens must have 1 to 64 entries, got 0"},
      {"[32Ki, 64Ki, 128Ki]",
       "[64Ki, 32Ki, 128Ki]",
       "s.yaml:11:13: study.loss_law.tokens must be ascending and distinct, got 65536 before "
       "32768"},
      {"[32Ki, 64Ki, 128Ki]",
       "[100, 64Ki, 128Ki]",
       "s.yaml:11:13: study.loss_law.tokens must be at least one batch (training.batch_tokens), "
       "256, got 100"},
      {"[32Ki, 64Ki, 128Ki]",
       "[32Ki, [64Ki], 128Ki]",
       "s.yaml:11:20: study.loss_law.tokens must be one value, got a list"},
      {"study:",
       "study:\n  extra_runs: [3]",
       "s.yaml:10:16: study.extra_runs[0] must be a block of keys"},
      {"study:",
       "study:\n  extra_runs: 3",
       "s.yaml:10:15: study.extra_runs must be a list of blocks"},
      // What several keys must agree on.
      {"study:",
       "study:\n  hold_out: {tokens: 128Ki}",
       "s.yaml:10:22: study.hold_out.tokens must be more than the largest fitted size, 131072, got "
       "131072"},
      {"study:",
       "study:\n  hold_out: maybe",
       "s.yaml:10:13: study.hold_out must be a section: keys indented below it, or the word none"},
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
       "32768 "
       "tokens"},
      {"lr: 4e-3",
       "schedule: warmup-stable-decay\n  lr_warmup: 30%\n  decay_fraction: 80%",
       "s.yaml:10:19: lr_warmup and decay_fraction together take 110 % of the shortest run of "
       "32768 "
       "tokens; at most 100 % is possible"},
      {"d_sae: 128",
       "d_sae: 128\n  bandwidth: 0.1",
       "s.yaml:4:1: sae.threshold.init must be at least half the bandwidth, 0.05, where raw "
       "thresholds are clamped, got 0.001"},
      // Sources.
      {"source: synthetic",
       "source: synthetic\n  synthetic: {active_latents: 300}",
       "s.yaml:4:31: activations.synthetic.active_latents must be at most dictionary_size, 256, "
       "got "
       "300"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: llama-3.2-1b",
       "s.yaml:2:1: activations.text is missing: text files, folders or patterns; or give "
       "activations.token_files"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: llama-3.2-1b\n  text: t\n  layer: 16",
       "s.yaml:7:10: activations.layer must be less than the model's 16 blocks (counted from 0), "
       "got "
       "16"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: llama-3.2-1b\n  text: t\n  hook: mlp",
       "s.yaml:7:9: activations.hook must be one of mlp_out, mlp_act, resid_post, got 'mlp'"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: gpt-2\n  text: t",
       "s.yaml:5:9: activations.card must be one of llama-3.2-1b, smollm2-135m, gemma-2-2b, got "
       "'gpt-2'; or give activations.shape"},
      {"source: synthetic",
       "source: model\n  model: /nowhere/m.gguf\n  text: /tmp",
       "s.yaml:4:10: activations.model: /nowhere/m.gguf does not exist; to plan without it, give "
       "activations.card or activations.shape"},
      {"source: synthetic",
       "source: model\n  model: ${SAELAW_TEST_UNSET}/m\n  card: llama-3.2-1b\n  text: /tmp",
       "s.yaml:4:10: activations.model: the environment variable 'SAELAW_TEST_UNSET' is not set; "
       "set it, or write ${SAELAW_TEST_UNSET:-default}"},
      {"source: synthetic",
       "source: model\n  model: ${SAELAW\n  card: llama-3.2-1b\n  text: /tmp",
       "s.yaml:4:10: activations.model: '${' is not closed by '}'"},
      // YAML itself.
      {"  d_sae: 128", "\td_sae: 128", "s.yaml:5:1: a tab in the indentation; use spaces"},
      {"4e-3", "&a 4e-3", "s.yaml:8:7: anchors (&name) are not allowed in a sweep"},
      {"lr: 4e-3",
       "<<: {lr: 4e-3}",
       "s.yaml:8:3: merge keys (<<) are not allowed in a sweep; write the values out"},
      // null is a value; the file is as if the key were not there.
      {"d_sae: 128", "d_sae: null", "s.yaml:5:10: sae.d_sae is missing: Number of latents"},
      {"tokens: 2.1B",
       "tokens: ~",
       "s.yaml:13:11: target.tokens is missing: Tokens of the big run; or give tokens_from"},
      {"[32Ki, 64Ki, 128Ki]",
       "[32Ki, null, 128Ki]",
       "s.yaml:11:20: study.loss_law.tokens must be one value, got nothing"},
      {"4e-3",
       "!!float 4e-3",
       "s.yaml:8:7: tags (tag:yaml.org,2002:float) are not allowed in a sweep"},
      {"4e-3",
       "*.txt",
       "s.yaml:8:7: aliases (*name) are not allowed in a sweep; text that begins with * needs "
       "quotes"},
      {"4e-3", "[1, 2", "s.yaml:9:6: a bracket is not closed, or a comma is missing"},
      {"4e-3", "\xFF", "s.yaml:8:1: this line is not UTF-8; save the file as UTF-8"},
      {"4e-3", "\x01", "s.yaml:8:7: a control character; a sweep is plain text"},
      {"target:",
       "---\ntarget:",
       "s.yaml:12:1: a second YAML document begins here; a sweep is one document"},
      {"4e-3", "[[[[[[[[[[1]]]]]]]]]]", "s.yaml:8:13: nested deeper than 8 levels; no sweep is"},
      {"4e-3", "{? [a] : 1}", "s.yaml:8:10: a key must be a plain word"},
  };
}

INSTANTIATE_TEST_SUITE_P(Sweep, OneMistake, ::testing::ValuesIn(Cases()));

TEST(ReadSweep, NamesWhatOnlyTheUserCanKnow) {
  EXPECT_EQ(MistakesOf("name: empty"),
            "s.yaml: activations.source is missing: Kind of source\n"
            "s.yaml: sae.d_sae is missing: Number of latents\n"
            "s.yaml: study.loss_law.tokens is missing: At least two data sizes, ascending\n"
            "s.yaml: target.tokens is missing: Tokens of the big run; or give tokens_from\n");
}

TEST(ReadSweep, ReportsAllMistakesOfAFileInOrder) {
  const std::string text = "sae: {d_sae: -1, lr: 3}\nnmae: x\ntraining: {lr: nan, beta: 1}\n";
  const std::string out = MistakesOf(text);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 8);
  EXPECT_LT(out.find("s.yaml:1:14"), out.find("s.yaml:2:1"));
  EXPECT_LT(out.find("s.yaml:2:1"), out.find("s.yaml:3:"));
}

TEST(ReadSweep, RefusesWhatIsNoMapping) {
  const std::string empty = "s.yaml: the file is empty; `saelaw init` writes one to start from\n";
  EXPECT_EQ(MistakesOf(""), empty);
  EXPECT_EQ(MistakesOf("\n# nothing\n"), empty);
  EXPECT_EQ(MistakesOf("~"), empty);
  const std::string other =
      "s.yaml:1:1: the file must be keys with values (`name: ...`), got something else\n";
  EXPECT_EQ(MistakesOf("just text"), other);
  EXPECT_EQ(MistakesOf("- a\n- b\n"), other);
}

TEST(ReadSweep, RefusesAHundredMegabytesWithoutReadingThem) {
  const TemporaryFolder folder;
  const auto path = folder.Write("big.yaml", "name: big\n");
  std::filesystem::resize_file(path, 100'000'000);
  EXPECT_EQ(Messages(ReadSweep(path.string()).mistakes),
            "s.yaml: the file has 100000000 bytes; a sweep has at most 1000000\n");
  EXPECT_EQ(ReadSweep(path.string()).text, "");
  EXPECT_EQ(ReadRun(path.string()).text, "");
  EXPECT_EQ(MistakesOf(std::string(1'000'001, ' ')),
            "s.yaml: the file has 1000001 bytes; a sweep has at most 1000000\n");
}

// Ten levels of ten references each would be 10^10 nodes.
TEST(ReadSweep, RefusesABombOfAliases) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += "*a" + std::to_string(i - 1) + ", ";
    bomb += "]\n";
  }
  EXPECT_EQ(MistakesOf(bomb), "s.yaml:1:5: anchors (&name) are not allowed in a sweep\n");
}

TEST(ReadSweep, EndsAfterAHundredMistakes) {
  std::string text(kSmallSweep);
  for (int i = 0; i < 500; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const std::vector<Mistake> mistakes = ReadSweepText("s.yaml", text).mistakes;
  EXPECT_EQ(mistakes.size(), 101U);
}

TEST(ReadSweep, StaysQuickOnAMegabyteOfNonsense) {
  for (const char* piece : {"a: ", "[", "- ", "? ", "{a: ", "x\n", "\"", "&a ", "a: b\n", "- - "}) {
    std::string text;
    while (text.size() < 900'000) text += piece;
    EXPECT_FALSE(ReadSweepText("s.yaml", text).sweep) << piece;
  }
}

// 32Ki tokens of 256 at 5 %: 6.4 steps.
TEST(ReadSweep, WarnsOfAWarmUpOfAFewSteps) {
  EXPECT_EQ(Messages(ReadSweepText("s.yaml", kSmallSweep).warnings),
            "s.yaml:6:1: training.lr_warmup: the shortest run, 32768 tokens, warms up over 6.4 "
            "steps; below 10 it is luck whether a run near the stability edge survives\n");
  const std::string longer = With("lr: 4e-3", "lr_warmup: 8%");
  EXPECT_EQ(Messages(ReadSweepText("s.yaml", longer).warnings), "");
}

TEST(ReadSweep, WarnsOfTwoSizesOfTheSae) {
  EXPECT_EQ(WarningsOf(With("loss_law:\n", "loss_law:\n    d_sae: [64, 128]\n")),
            "s.yaml:11:12: study.loss_law.d_sae: a law of size needs at least 3 sizes, got 2, so "
            "the law of loss will be that of d_sae 128 alone\n");
  EXPECT_EQ(WarningsOf(With("loss_law:\n", "loss_law:\n    d_sae: [64, 128, 256]\n")), "");
}

// Shards may be captured later: planning goes on, with a card or shape even with prices.
TEST(ReadSweep, WarnsOfShardsThatAreNotThere) {
  const std::string text = With("source: synthetic", "source: shards\n  shards: /no/such/folder");
  EXPECT_EQ(WarningsOf(text),
            "s.yaml:4:11: activations.shards: /no/such/folder does not exist; `saelaw run` needs "
            "it, and without activations.card or activations.shape nothing can be priced\n");
  EXPECT_EQ(Good(text).source.d_in, 0);
  const std::string carded = With("source: synthetic",
                                  "source: shards\n  shards: /no/such/folder\n  card: "
                                  "smollm2-135m\n  hook: mlp_act");
  EXPECT_EQ(WarningsOf(carded),
            "s.yaml:4:11: activations.shards: /no/such/folder does not exist; `saelaw run` needs "
            "it\n");
  EXPECT_EQ(Good(carded).source.d_in, 1536);
}

TEST(ReadSweep, ReadsSizesOfTheLearningRateLaw) {
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

TEST(ReadSweep, WarnsOfKeysWithoutEffect) {
  EXPECT_EQ(WarningsOf(With("source: synthetic", "source: synthetic\n  hook: mlp_act")),
            "s.yaml:4:9: activations.hook has no effect with source: synthetic\n");
  EXPECT_EQ(WarningsOf(With("source: synthetic", "source: synthetic\n  document_separator: 3")),
            "s.yaml:4:23: activations.document_separator has no effect with source: synthetic\n");
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", "decay_fraction: 10%")),
            "s.yaml:8:19: training.decay_fraction has no effect unless schedule is "
            "warmup-stable-decay\n");
}

}  // namespace
}  // namespace saelaw
