#include "orchestrate/data/check_source.h"

#include <filesystem>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "models/checkpoint_files.h"
#include "tensors/safetensors.h"
#include "tensors/shard_manifest.h"
#include "tokens/character_tokenizer.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SourceSpec ModelAt(const std::filesystem::path& path) {
  SourceSpec source;
  source.kind = SourceKind::kModel;
  source.model.model = path.string();
  source.model.context_tokens = 16;
  return source;
}

void ExpectRefused(const SourceSpec& source, ExitCode code, const char* part) {
  try {
    CheckSource(source);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(CheckSource, TakesASoundModelAndSyntheticData) {
  const CheckpointCopy model("llama3_tied");
  model.Write("tokenizer.json", CharacterTokenizer());
  CheckSource(ModelAt(model.path()));
  CheckSource(SourceSpec{});
}

TEST(CheckSource, RefusesWhatTheModelDoesNotHave) {
  SourceSpec source = ModelAt(Checkpoint("llama3_tied"));
  source.model.layer = 3;
  ExpectRefused(source, ExitCode::kConfiguration, "has no layer 3: its layers are 0 to 2");
  source.model.layer = 0;
  source.model.context_tokens = 65;
  ExpectRefused(source, ExitCode::kConfiguration, "allows 2 to 64");
  ExpectRefused(ModelAt("/nowhere"), ExitCode::kIo, "/nowhere does not exist");
}

class ShardsTest : public ::testing::Test {
 protected:
  ShardsTest() {
    source_.kind = SourceKind::kShards;
    source_.shards = folder_.path().string();
    source_.held_out_tokens = 2;
    manifest_.dtype = "fp32";
    manifest_.d_in = 3;
    manifest_.shards = {{"shard-0.safetensors", 4, "hash"}};
    manifest_.held_out = {"held-out.safetensors", 2, "hash"};
    WriteShardManifest(folder_.path(), manifest_);
    WriteShard(manifest_.shards[0].file, 4);
    WriteShard(manifest_.held_out.file, 2);
  }
  void WriteShard(const std::string& file, std::int64_t tokens) const {
    const std::vector<float> values(static_cast<std::size_t>(tokens * 3), 1.0F);
    const TensorView view = {
        kShardTensor, TensorType::kF32, {tokens, 3}, std::as_bytes(std::span<const float>(values))};
    WriteSafetensors(folder_.path() / file, {view}, {});
  }

  TemporaryFolder folder_;
  SourceSpec source_;
  ShardManifest manifest_;
};

TEST_F(ShardsTest, AreTakenWhereTheyHoldWhatTheManifestPromises) { CheckSource(source_); }

TEST_F(ShardsTest, AreRefusedWhereAFileIsOfAnotherShape) {
  WriteShard(manifest_.held_out.file, 1);
  ExpectRefused(source_, ExitCode::kIo, "no tensor \"activations\" of F32 [2, 3]");
}

TEST_F(ShardsTest, AreRefusedWhereMoreIsHeldOutThanTheyHave) {
  source_.held_out_tokens = 3;
  ExpectRefused(source_, ExitCode::kConfiguration, "has 2 held-out tokens, 3 are asked for");
}

TEST(AbsentWeights, SayWhatIsMissingAndOfAPickleWhyItIsNotRead) {
  const CheckpointCopy model("llama3_tied");
  EXPECT_THAT(AbsentWeights(ModelAt(model.path())), IsEmpty());
  std::filesystem::remove(model.path() / "model.safetensors");
  EXPECT_THAT(AbsentWeights(ModelAt(model.path())),
              ElementsAre(HasSubstr("no model.safetensors and no model.safetensors.index.json")));
  model.Write("pytorch_model.bin", "x");
  EXPECT_THAT(AbsentWeights(ModelAt(model.path())), ElementsAre(HasSubstr("is a pickle")));
  EXPECT_THAT(AbsentWeights(ModelAt("/nowhere")), ElementsAre("/nowhere does not exist"));
}

TEST(AbsentText, LeavesPatternsToWhoeverExpandsThem) {
  SourceSpec source = ModelAt("/nowhere");
  source.model.text = {"/no/text.txt", "/no/*.txt"};
  source.model.token_files = {"/no/ids.npy"};
  EXPECT_THAT(AbsentText(source),
              ElementsAre("/no/text.txt does not exist", "/no/ids.npy does not exist"));
}

}  // namespace
}  // namespace saelaw
