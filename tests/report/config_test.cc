// The recommended configuration, read back with the reader that reads sweeps.
#include "report/config.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quantities.h"
#include "report/made_up.h"
#include "sweep/yaml_tree.h"

namespace saelaw {
namespace {

using testing::HasSubstr;

// The text at a dotted path ("training.adam.beta2"); fails the test when there is none.
std::string At(const YamlNode& root, const std::string& path) {
  const YamlNode* node = &root;
  std::string rest = path;
  while (!rest.empty()) {
    const std::size_t dot = rest.find('.');
    const std::string key = rest.substr(0, dot);
    rest = dot == std::string::npos ? "" : rest.substr(dot + 1);
    const YamlNode* next = nullptr;
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
      if (node->keys[i].text == key) next = &node->items[i];
    }
    if (next == nullptr) {
      ADD_FAILURE() << "no key " << path;
      return "";
    }
    node = next;
  }
  return node->text;
}

YamlNode Parsed(const std::string& yaml) {
  const YamlText text = ParseYaml(yaml);
  EXPECT_TRUE(text.mistakes.empty()) << text.mistakes.front().message;
  return text.root.value_or(YamlNode{});
}

TEST(ConfigYaml, NumbersReadBackExactly) {
  Recommendation r = made_up::TheRecommendation();
  r.run.training.lr = 0.1 + 0.2;
  r.run.training.adam_epsilon = 1e-8;
  r.run.sae.bandwidth = 1.0 / 3;
  r.run.source.split_seed = 18446744073709551615ULL;
  const YamlNode root = Parsed(ConfigYaml(r, ""));
  EXPECT_EQ(ParseCount(At(root, "training.lr")), 0.1 + 0.2);
  EXPECT_EQ(At(root, "training.adam.epsilon"), "1.0e-08");
  EXPECT_EQ(ParseCount(At(root, "sae.bandwidth")), 1.0 / 3);
  EXPECT_EQ(At(root, "activations.split_seed"), "18446744073709551615");
  EXPECT_EQ(At(root, "run.tokens"), "4194304");
  EXPECT_EQ(At(root, "sae.d_sae"), "1152");
}

// A key that says nothing of the architecture would be refused when the file is read.
TEST(ConfigYaml, HasTheKeysOfTheArchitectureAlone) {
  Recommendation r = made_up::TheRecommendation();
  r.run.sae.architecture = SaeArchitecture::kBatchTopK;
  r.run.sae.k = 32;
  const std::string yaml = ConfigYaml(r, "");
  const YamlNode root = Parsed(yaml);
  EXPECT_EQ(At(root, "sae.architecture"), "batch_topk");
  EXPECT_EQ(At(root, "sae.k"), "32");
  for (const char* key : {"bandwidth:", "threshold:", "threshold_lr:", "sparsity:"}) {
    EXPECT_EQ(yaml.find(std::string(" ") + key), std::string::npos) << key;
  }
}

TEST(ConfigYaml, StretchesKeepTheirKind) {
  const YamlNode root = Parsed(ConfigYaml(made_up::TheRecommendation(), ""));
  EXPECT_EQ(At(root, "training.lr_warmup"), "7%");
  EXPECT_EQ(At(root, "training.sparsity.warmup"), "40960");
  EXPECT_EQ(At(root, "training.gradient_clip"), "off");
}

TEST(ConfigYaml, EveryValueSaysWhereItComesFrom) {
  const std::string yaml = ConfigYaml(made_up::TheRecommendation(), "");
  std::size_t start = yaml.find("activations:");
  while (start < yaml.size()) {
    const std::size_t end = yaml.find('\n', start);
    const std::string line = yaml.substr(start, end - start);
    if (!line.empty() && line.back() != ':') {
      EXPECT_THAT(line, HasSubstr("  # "));
    }
    start = end + 1;
  }
  EXPECT_THAT(yaml, HasSubstr("optimum by the law LR*(D) = coef·D^-0.35; 95 % interval 0.002"));
  EXPECT_THAT(yaml, HasSubstr("NOT SUPPORTED by the sweep, batch_tokens: none: not swept"));
  EXPECT_THAT(yaml, HasSubstr("Evidence: 2 runs, a32768-2000-0 b1048576."));
}

// A sweep that ran on a GPU must not send its big run to the CPU.
TEST(ConfigYaml, CarriesWhereTheSweepRan) {
  Recommendation r = made_up::TheRecommendation();
  EXPECT_EQ(At(Parsed(ConfigYaml(r, "")), "execution.device"), "cpu");
  r.run.source.kind = SourceKind::kSynthetic;  // the model of the made-up run is not there
  r.execution.device = "cuda";
  r.execution.devices = {"cuda:1", "cuda:0"};
  r.execution.kernels = "reference";
  r.execution.dense_above = 0.05;
  const std::string yaml = ConfigYaml(r, "");
  const YamlNode root = Parsed(yaml);
  EXPECT_EQ(At(root, "execution.device"), "cuda:1");
  EXPECT_EQ(At(root, "execution.kernels"), "reference");
  EXPECT_EQ(At(root, "execution.dense_above"), "0.05");
  const ReadRunResult read = ReadRunText("c.yaml", yaml);
  ASSERT_TRUE(read.configuration) << read.mistakes.front().message;
  EXPECT_EQ(read.configuration->execution.device, "cuda:1");
}

TEST(ConfigYaml, GivesNoIntervalThatNoLawCovers) {
  Recommendation r = made_up::TheRecommendation();
  r.lr_interval = {};
  r.transfer.push_back({TransferOf::kRateSize, CarriedBy::kOneSize, false, {1152}, 4608});
  EXPECT_THAT(ConfigYaml(r, ""),
              HasSubstr("no interval; NOT SUPPORTED at batch_tokens 4096, swept 512; NOT SUPPORTED "
                        "at d_sae 4608, swept 1.15K"));
}

TEST(ConfigYaml, WarningsStandOnTop) {
  Recommendation r = made_up::TheRecommendation();
  r.warnings = {StudyWarning(warning::EarlierRuns{"a line\nrun: {tokens: 1}"})};
  const std::string yaml = ConfigYaml(r, "");
  EXPECT_THAT(yaml, HasSubstr("# WARNING: a line run: {tokens: 1}\n"));
  EXPECT_LT(yaml.find("shows the way"), yaml.find("activations:"));
  EXPECT_THAT(yaml, HasSubstr("\n#\n"));
  Parsed(yaml);
}

TEST(ConfigYaml, LongCommentsAreWrapped) {
  Recommendation r = made_up::TheRecommendation();
  r.evidence.assign(40, "0123456789abcdef");
  const std::string head = ConfigYaml(r, "").substr(0, ConfigYaml(r, "").find("activations:"));
  for (std::size_t start = 0; start < head.size();) {
    const std::size_t end = head.find('\n', start);
    EXPECT_LE(end - start, 102);  // an arrow takes three bytes
    EXPECT_TRUE(end == start || head[start] == '#');
    start = end + 1;
  }
}

TEST(ConfigYaml, PathsAreRelativeToTheFile) {
  const YamlNode root = Parsed(ConfigYaml(made_up::TheRecommendation(), "analysis/made-up"));
  EXPECT_EQ(At(root, "activations.model"), "../../models/small \"quoted\".gguf");
}

TEST(ConfigYaml, SyntheticAndTargetL0) {
  Recommendation r = made_up::TheRecommendation();
  r.run.source.kind = SourceKind::kSynthetic;
  r.run.source.synthetic.noise_sd = 0.05;
  r.run.training.sparsity = SparsityRule::kTargetL0;
  r.run.training.target_l0 = 32;
  r.run.training.schedule = Schedule::kWarmupStableDecay;
  const YamlNode root = Parsed(ConfigYaml(r, ""));
  EXPECT_EQ(At(root, "activations.source"), "synthetic");
  EXPECT_EQ(At(root, "activations.synthetic.noise_sd"), "0.05");
  EXPECT_EQ(At(root, "training.sparsity.target_l0"), "32");
  EXPECT_EQ(At(root, "training.decay_fraction"), "20%");
}

// YAML 1.1 (and PyYAML) takes 7e-05 for a string.
TEST(YamlNumber, IsANumberInBothVersionsOfYaml) {
  EXPECT_EQ(YamlNumber(7e-5), "7.0e-05");
  EXPECT_EQ(YamlNumber(1.25e-7), "1.25e-07");
  EXPECT_EQ(YamlNumber(0.001), "0.001");
}

TEST(YamlFraction, ReadsBackAsTheSameDouble) {
  EXPECT_EQ(YamlFraction(0.05), "5%");
  EXPECT_EQ(YamlFraction(1), "100%");
  for (const double fraction : {0.07, 1.0 / 3, 0.29, 1e-3})
    EXPECT_EQ(ParseFraction(YamlFraction(fraction)), fraction);
}

}  // namespace
}  // namespace saelaw
