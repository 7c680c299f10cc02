#include "activations/shards.h"

#include <set>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/captured.h"
#include "activations/expect_error.h"
#include "core/files.h"
#include "temporary_folder.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Reads everything of a capture; for the message of what is damaged.
void ReadAll(const fs::path& folder) {
  const auto source = OpenSource(ShardsSpec(folder), {});
  All(*source, 0);
  source->HeldOut();
}

void FlipLastByte(const fs::path& path) {
  std::string content = ReadFile(path);
  content.back() = static_cast<char>(content.back() ^ 1);
  WriteFile(path, content);
}

// One captured folder for the tests that only read it.
class CapturedShards : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    written_ = CaptureInto(folder_->path());
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::unique_ptr<ActivationSource> Open() {
    return OpenSource(ShardsSpec(folder_->path()), {});
  }

  static std::unique_ptr<TemporaryFolder> folder_;
  static std::vector<std::int64_t> written_;
};
std::unique_ptr<TemporaryFolder> CapturedShards::folder_;
std::vector<std::int64_t> CapturedShards::written_;

TEST_F(CapturedShards, SeedZeroIsTheCapturedStream) {
  const auto live = OpenSource(SyntheticSpec(), {});
  const auto shards = Open();
  EXPECT_THAT(written_, ElementsAre(65'536, 70'000));
  EXPECT_EQ(shards->training_tokens(), kTokens);
  EXPECT_EQ(shards->d_in(), 4);
  EXPECT_TRUE(at::equal(All(*shards, 0), All(*live, 0)));
  EXPECT_TRUE(at::equal(shards->HeldOut().x, live->HeldOut().x));
}

TEST_F(CapturedShards, MeasuringAgainGivesTheScaleInTheManifest) {
  const auto shards = Open();
  const double scale = Measure(ShardsSpec(folder_->path()), *shards).activation_scale;
  const ShardManifest manifest = ReadShardManifest(folder_->path());
  EXPECT_DOUBLE_EQ(scale, manifest.activation_scale);
  EXPECT_EQ(manifest.normalisation_tokens, 65'536);
  EXPECT_EQ(manifest.source_key, SourceKey(SyntheticSpec()));
}

TEST_F(CapturedShards, AnotherSeedIsAnotherOrderOfTheSameVectors) {
  const auto shards = Open();
  const at::Tensor captured = All(*shards, 0);
  const at::Tensor shuffled = All(*shards, 1);
  EXPECT_TRUE(at::equal(shuffled, All(*Open(), 1)));
  EXPECT_FALSE(at::equal(shuffled, All(*shards, 2)));
  // Few vectors stay where they were, and none is lost.
  EXPECT_LT((captured == shuffled).all(1).sum().item<std::int64_t>(), 200);
  const auto sorted = [](const at::Tensor& rows) {
    return std::get<0>(rows.matmul(at::tensor({1.F, 3.F, 7.F, 31.F})).sort());
  };
  EXPECT_TRUE(at::equal(sorted(captured), sorted(shuffled)));
}

TEST_F(CapturedShards, SeedsDifferInTheBlocksThatComeFirst) {
  const auto shards = Open();
  std::set<float> largest;  // component of the first block: tells the two full blocks apart
  for (std::uint64_t seed = 1; seed < 8; ++seed) {
    largest.insert(shards->OpenStream(seed, 32'768, 0)->Next().max().item<float>());
  }
  EXPECT_EQ(largest.size(), 2);
}

TEST_F(CapturedShards, SeekEqualsReadingOn) {
  const auto shards = Open();
  for (const std::uint64_t seed : {0, 5}) {
    const auto stream = shards->OpenStream(seed, 10'000, 0);
    std::vector<at::Tensor> batches;
    for (int i = 0; i < 7; ++i) batches.push_back(stream->Next());
    for (const std::int64_t first : {3, 6}) {
      const at::Tensor sought = shards->OpenStream(seed, 10'000, first)->Next();
      EXPECT_TRUE(at::equal(sought, batches[static_cast<std::size_t>(first)]));
    }
  }
}

TEST_F(CapturedShards, NeverRepeatsData) {
  const auto stream = Open()->OpenStream(0, 30'000, 2);
  EXPECT_THAT(MakeMessage(ExitCode::kConfiguration, [&] { stream->Next(); }),
              HasSubstr("has 70000 training tokens, too few for 90000"));
}

TEST_F(CapturedShards, RejectsMoreHeldOutThanThereIs) {
  SourceSpec spec = ShardsSpec(folder_->path());
  spec.held_out_tokens = 301;
  EXPECT_THAT(MakeMessage(ExitCode::kConfiguration, [&] { OpenSource(spec, {}); }),
              HasSubstr("300 held-out tokens, 301"));
}

TEST(DamagedShards, AreErrorsThatNameTheFileAndACaptureMendsThem) {
  const TemporaryFolder folder;
  CaptureInto(folder.path(), kTokens);
  const fs::path second = folder.path() / "shard-00001.safetensors";
  const auto message = [&] { return MakeMessage(ExitCode::kIo, [&] { ReadAll(folder.path()); }); };
  EXPECT_EQ(message(), "no error");

  FlipLastByte(second);
  EXPECT_THAT(message(), ::testing::AllOf(HasSubstr(second.string()), HasSubstr("hash differs")));
  fs::resize_file(second, fs::file_size(second) - 1);
  EXPECT_THAT(message(), HasSubstr(second.string()));
  fs::remove(second);
  EXPECT_THAT(message(), HasSubstr(second.string()));
  fs::copy(folder.path() / "shard-00000.safetensors", second);
  EXPECT_THAT(message(), HasSubstr("of F32 [4464, 4], which the manifest promises"));

  CaptureInto(folder.path(), kTokens);
  EXPECT_EQ(message(), "no error");
  FlipLastByte(folder.path() / "held-out.safetensors");
  EXPECT_THAT(message(), HasSubstr("held-out.safetensors"));
  CaptureInto(folder.path(), kTokens);
  EXPECT_EQ(message(), "no error");
}

}  // namespace
}  // namespace saelaw
