// The sweeps that come with saelaw are valid, and say why they exist.
#include <algorithm>
#include <filesystem>

#include "core/trunk.h"
#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

std::string PathOf(const std::string& name) {
  return SAELAW_SOURCE_DIR "/experiments/" + name + ".yaml";
}

Sweep Read(const std::string& name) {
  const ReadSweepResult result = ReadSweep(PathOf(name));
  EXPECT_TRUE(result.sweep) << Messages(result.mistakes);
  return result.sweep.value_or(Sweep{});
}

TEST(Experiments, AreAllValidAndSayWhatTheyAreFor) {
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SAELAW_SOURCE_DIR "/experiments")) {
    if (entry.path().extension() != ".yaml") continue;
    ++found;
    const Sweep sweep = Read(entry.path().stem().string());
    EXPECT_EQ(sweep.name, entry.path().stem().string());
    EXPECT_FALSE(sweep.question.empty()) << entry.path();
    EXPECT_FALSE(sweep.prediction.empty()) << entry.path();
    EXPECT_FALSE(sweep.cost.empty()) << entry.path();
    const std::vector<Mistake> warnings = ReadSweep(entry.path().string()).warnings;
    EXPECT_EQ(Messages(warnings).find("lr_warmup"), std::string::npos) << Messages(warnings);
    EXPECT_GE(sweep.loss_law.seeds, 2) << entry.path() << ": no estimate of the noise";
    EXPECT_EQ(sweep.hold_out.tokens / 4 / sweep.training.batch_tokens,
              sweep.loss_law.tokens.back() / sweep.training.batch_tokens)
        << entry.path();
  }
  EXPECT_GE(found, 5U);
}

// The plan: 4B tokens of Gemma Scope at 256,000 ids, 128,000 here, a model of half the size.
TEST(Experiments, LlamaIsThePlan) {
  const Sweep sweep = Read("llama-3.2-1b");
  EXPECT_EQ(sweep.target.tokens, 2'100'000'000);
  EXPECT_EQ(sweep.target.d_sae, 16384);
  EXPECT_EQ(sweep.target.batch_tokens, 4096);
  EXPECT_EQ(sweep.source.d_in, 2048);
  EXPECT_EQ(sweep.source.model.layer, 7);
  EXPECT_EQ(sweep.model_shape.value_or(ModelShape{}).parameters, 1'200'000'000);
  ASSERT_EQ(sweep.extra_runs.size(), 1U);
  EXPECT_EQ(sweep.extra_runs[0].tokens, 4096LL << 16);
  EXPECT_EQ(sweep.extra_runs[0].lr, 7e-5);
  EXPECT_EQ(sweep.extra_runs[0].d_sae, 8192);
  // A law of size needs three, and the target's is not among them.
  EXPECT_GE(sweep.loss_law.d_sae.size(), 3U);
  EXPECT_EQ(sweep.lr_law.d_sae, sweep.loss_law.d_sae);
  EXPECT_EQ(sweep.lr_law.edge_seeds, 3);
  EXPECT_FALSE(sweep.demonstration);
}

// The same study as synthetic.yaml but for the schedule; its trunks are shared.
TEST(Experiments, SyntheticWsdSharesTrunks) {
  const Sweep sweep = Read("synthetic-wsd");
  EXPECT_TRUE(SharesTrunks(sweep.training));
  const Sweep plain = Read("synthetic");
  EXPECT_EQ(sweep.loss_law.tokens, plain.loss_law.tokens);
  EXPECT_EQ(sweep.lr_law.tokens, plain.lr_law.tokens);
  EXPECT_EQ(SourceKey(sweep.source), SourceKey(plain.source));
  EXPECT_EQ(sweep.training.lr, plain.training.lr);
}

TEST(Experiments, QuickstartIsSmolOnCpu) {
  const Sweep sweep = Read("quickstart");
  EXPECT_TRUE(sweep.demonstration);
  EXPECT_EQ(sweep.source.d_in, 576);
  EXPECT_EQ(sweep.execution.device, "cpu");
  EXPECT_EQ(Read("smollm2-mlp-act").source.d_in, 1536);
}

}  // namespace
}  // namespace saelaw
