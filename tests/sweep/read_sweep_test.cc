#include <algorithm>
#include <filesystem>

#include "core/errors.h"
#include "sweep/sweep_text.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

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

TEST(ReadSweep, RefusesNamesAndDevicesThatCannotBe) {
  ExpectMistakes({
      {"name: small",
       "name: a/b",
       "s.yaml:1:7: name must have at most 100 bytes, no slash, no line break and no dot in front: "
       "it names a folder"},
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
  });
}

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
            "s.yaml:4:1: unknown key 'study'; known here: name, recipe, demonstration, about, "
            "activations, "
            "sae, training, run, execution\n");
  EXPECT_EQ(MistakesOf(std::string(kSmallSweep) + "run: {tokens: 1M}\n"),
            "s.yaml:14:1: unknown key 'run'; known here: name, recipe, demonstration, about, "
            "activations, "
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
