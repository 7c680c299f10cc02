#include "train/attempt.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "sae/model/initialise.h"
#include "tensors/safetensors.h"
#include "train/train_testing.h"

namespace saelaw {
namespace {

using namespace testing;
namespace fs = std::filesystem;

TEST(Attempt, ASupersededOneWritesNeitherResultNorCheckpoint) {
  const TemporaryFolder folder;
  WriteFile(folder.path() / kCurrentFile, "other");
  EXPECT_EQ(TrainIn(folder.path(), JobOf({SmallSpec()}), "mine", QuietSeams()),
            ExitCode::kIncomplete);
  EXPECT_EQ(TrainIn(folder.path(), JobOf({SmallSpec()}), "mine", StopAfter(3)),
            ExitCode::kIncomplete);
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    EXPECT_FALSE(name.starts_with("result-") || name.starts_with("checkpoint-")) << name;
  }
}

TEST(Attempt, ReportsProgressOfEveryRun) {
  const TemporaryFolder folder;
  std::vector<Progress> seen;
  TrainSeams seams = QuietSeams();
  seams.on_progress = [&](const Progress& progress) { seen.push_back(progress); };
  std::vector<RunSpec> runs(2, SmallSpec());
  runs[1].tokens = 20 * 64;
  ASSERT_EQ(TrainIn(folder.path(), JobOf(runs), "a", seams), ExitCode::kComplete);
  ASSERT_GE(seen.size(), 3U);
  const Progress& last = seen.back();
  EXPECT_EQ(last.members[0].tokens, 60 * 64);
  EXPECT_EQ(last.members[1].tokens, 20 * 64);
  EXPECT_EQ(last.eta_seconds, 0);
  EXPECT_GT(last.tokens_per_second, 0);
  EXPECT_EQ(ToJson(last), ReadFile(Find(folder.path(), "progress.json")));
}

TEST(Attempt, WritesWeightsWithTheThresholdItself) {
  const TemporaryFolder folder;
  RunSpec spec = SmallSpec();
  spec.sae.threshold_parametrisation = ThresholdParametrisation::kLog;
  const SaeParameters parameters = Initialise(16, spec.sae, 1, at::kFloat, at::kCPU);
  const Attempt attempt(folder.path(), "a");
  const std::string name = attempt.WriteWeights(spec, parameters, 0.25);
  const SafetensorsFile file(attempt.folder() / name);
  EXPECT_EQ(file.metadata().at("run"), CanonicalJson(spec));
  EXPECT_EQ(file.metadata().at("activation_scale"), "0.25");
  EXPECT_EQ(file.Find("W_enc")->shape, (std::vector<std::int64_t>{16, 40}));
  EXPECT_EQ(file.Find("W_dec")->shape, (std::vector<std::int64_t>{40, 16}));
  std::vector<float> theta(40);
  CopyAsFloat(*file.Find("threshold"), theta);
  EXPECT_NEAR(theta[0], 0.02, 1e-8);
}

std::map<std::string, std::string> MakeMetadata(const RunSpec& spec, bool has_threshold) {
  const TemporaryFolder folder;
  const SaeParameters parameters = Initialise(16, spec.sae, 1, at::kFloat, at::kCPU);
  const Attempt attempt(folder.path(), "a");
  const SafetensorsFile file(attempt.folder() / attempt.WriteWeights(spec, parameters, 0.25));
  const TensorView* threshold = file.Find("threshold");
  EXPECT_EQ(threshold != nullptr, has_threshold);
  if (threshold != nullptr) {
    EXPECT_EQ(threshold->shape, (std::vector<std::int64_t>{40}));
  }
  return file.metadata();
}

// In SAELens' words, with what each needs: a threshold of each latent, or how many are kept.
TEST(Attempt, WritesWhatKindOfSaeItIs) {
  RunSpec spec = SmallSpec();
  EXPECT_EQ(MakeMetadata(spec, true).at("architecture"), "jumprelu");
  spec.sae.k = 3;
  spec.sae.architecture = SaeArchitecture::kBatchTopK;
  EXPECT_EQ(MakeMetadata(spec, true).at("architecture"), "jumprelu");
  EXPECT_EQ(MakeMetadata(spec, true).count("k"), 0U);
  spec.sae.architecture = SaeArchitecture::kTopK;
  EXPECT_EQ(MakeMetadata(spec, false).at("architecture"), "topk");
  EXPECT_EQ(MakeMetadata(spec, false).at("k"), "3");
}

}  // namespace
}  // namespace saelaw
