// Keys, sections and lists; which values are in effect and where they came from.
#include "sweep/reading.h"

#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

TEST(Reading, SaysWhichKeysBelongThere) {
  ExpectMistakes({
      {"lr: 4e-3",
       "adam: 3",
       "s.yaml:8:9: training.adam must be a section: keys indented below it"},
      {"d_sae: 128",
       "d_sea: 128",
       "s.yaml:4:1: sae.d_sae is missing: Number of latents\n"
       "s.yaml:5:3: unknown key 'd_sea' in sae; did you mean 'd_sae'?"},
      {"d_sae: 128",
       "d_sae: 128\n  lr: 1",
       "s.yaml:6:3: unknown key 'lr' in sae; did you mean training.lr?"},
      {"name: small",
       "zzzzzzzz: 1",
       "s.yaml:1:1: unknown key 'zzzzzzzz'; known here: name, recipe, demonstration, about, "
       "activations, "
       "sae, training, study, target, budget, execution"},
      {"study:",
       "study:\n  extra_runs: [3]",
       "s.yaml:10:16: study.extra_runs[0] must be a block of keys"},
      {"study:",
       "study:\n  extra_runs: 3",
       "s.yaml:10:15: study.extra_runs must be a list of blocks"},
      {"study:",
       "study:\n  hold_out: maybe",
       "s.yaml:10:13: study.hold_out must be a section: keys indented below it, or the word none"},
      {"d_sae: 128", "d_sae: null", "s.yaml:5:10: sae.d_sae is missing: Number of latents"},
      {"tokens: 2.1B",
       "tokens: ~",
       "s.yaml:13:11: target.tokens is missing: Tokens of the big run; or give tokens_from"},
  });
}

TEST(Reading, TakesNullForTheDefault) {
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

TEST(Reading, SaysThatNullIsNotNone) {
  const std::string text = With("study:\n", "study:\n  lr_law: null\n");
  EXPECT_EQ(Good(text).lr_law.tokens.size(), 3U);
  EXPECT_NE(WarningsOf(text).find("s.yaml:10:11: study.lr_law: null stands for the default, which "
                                  "is not none; write none to leave this section out"),
            std::string::npos);
}

TEST(Reading, LeavesOutWhatIsAnsweredWithNone) {
  const Sweep sweep = Good(With("study:\n", "study:\n  lr_law: none\n  hold_out: none\n"));
  EXPECT_TRUE(sweep.lr_law.tokens.empty());
  EXPECT_EQ(sweep.hold_out.tokens, 0);
}

TEST(Reading, SaysWhereEachValueCameFrom) {
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

TEST(Reading, NamesTheFlagThatIsWrong) {
  const ReadSweepResult result = ReadSweepText(
      "s.yaml", kSmallSweep, {{"execution.devise", "cuda"}, {"execution.workers", "none"}});
  EXPECT_EQ(Messages(result.mistakes),
            "s.yaml: unknown key 'devise' in execution (given by a flag); did you mean 'device'?\n"
            "s.yaml: execution.workers must be a whole number such as 512, 131072, 512K or 2.1B "
            "(units: K, M, B, G, T; Ki, Mi, Gi, Ti), got 'none' (given by a flag)\n");
}

TEST(Reading, EndsAfterAHundredMistakes) {
  std::string text(kSmallSweep);
  for (int i = 0; i < 500; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const std::vector<Mistake> mistakes = ReadSweepText("s.yaml", text).mistakes;
  EXPECT_EQ(mistakes.size(), 101U);
}

}  // namespace
}  // namespace saelaw
