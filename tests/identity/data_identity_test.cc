#include "identity/data_identity.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "identity/model_identity.h"
#include "temporary_folder.h"
#include "tensors/safetensors.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The line of the ConfigurationError that `action` throws.
template <typename Action>
std::string RefusalOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

void WriteWeights(const fs::path& folder, float value) {
  const TensorView view = {
      "a", TensorType::kF32, {1}, std::as_bytes(std::span<const float>(&value, 1))};
  WriteSafetensors(folder / "model.safetensors", {view}, {});
}

class Watched : public ::testing::Test {
 protected:
  Watched() {
    WriteWeights(folder_.path(), 1);
    folder_.Write("config.json", R"({"model_type": "llama", "hidden_size": 64})");
    source_.kind = SourceKind::kModel;
    source_.model.model = folder_.path().string();
    source_.parts = ModelParts(folder_.path(), "");
    source_.parts.text = "text";
    source_.identity = CombineIdentity(source_.parts);
  }

  TemporaryFolder folder_;
  SourceSpec source_;
};

TEST_F(Watched, TheSameDataPasses) {
  const DataWatch watch(source_, "");
  EXPECT_NO_THROW(watch.CheckLoaded("text"));
  EXPECT_NO_THROW(watch.CheckUntouched());
}

TEST_F(Watched, OtherWeightsAreRefusedBeforeTheyAreLoaded) {
  WriteWeights(folder_.path(), 2);
  EXPECT_THAT(RefusalOf([&] { DataWatch(source_, ""); }),
              AllOf(HasSubstr("the model's weights behind this job changed"),
                    HasSubstr("put the earlier data back"),
                    Not(HasSubstr("\n"))));
}

TEST_F(Watched, AnotherConfigurationIsNamed) {
  folder_.Write("config.json", R"({"model_type": "llama", "hidden_size": 32})");
  EXPECT_THAT(RefusalOf([&] { DataWatch(source_, ""); }),
              HasSubstr("the model's configuration behind this job changed"));
}

TEST_F(Watched, AnotherTextIsRefused) {
  const DataWatch watch(source_, "");
  EXPECT_THAT(RefusalOf([&] { watch.CheckLoaded("another text"); }),
              HasSubstr("the text behind this job changed"));
}

TEST_F(Watched, WithoutPartsAChangeIsRefusedAllTheSame) {
  source_.parts = {};
  WriteWeights(folder_.path(), 2);
  const DataWatch watch(source_, "");
  EXPECT_THAT(RefusalOf([&] { watch.CheckLoaded("text"); }), HasSubstr("the data behind this job"));
}

TEST_F(Watched, WeightsWrittenWhileTheyAreLoadedAreRefused) {
  const DataWatch watch(source_, "");
  WriteWeights(folder_.path(), 1);  // the same again: what was loaded may be half of each
  EXPECT_THAT(RefusalOf([&] { watch.CheckLoaded("text"); }), HasSubstr("was written while"));
  fs::remove(folder_.path() / "model.safetensors");
  EXPECT_THAT(RefusalOf([&] { watch.CheckUntouched(); }), HasSubstr("was written while"));
}

TEST_F(Watched, AJobWithoutAnIdentityIsNotWatched) {
  source_.identity = "";
  WriteWeights(folder_.path(), 2);
  EXPECT_NO_THROW(DataWatch(source_, "").CheckLoaded("another text"));
}

TEST(WatchedShards, AnotherManifestIsRefused) {
  const TemporaryFolder folder;
  SourceSpec source;
  source.kind = SourceKind::kShards;
  source.shards = folder.path().string();
  source.parts.shards = HashFile(folder.Write(kManifestFile, "one"));
  source.identity = CombineIdentity(source.parts);
  EXPECT_NO_THROW(DataWatch(source, "").CheckLoaded(""));
  folder.Write(kManifestFile, "two");
  EXPECT_THAT(RefusalOf([&] { DataWatch(source, ""); }),
              HasSubstr("the captured activations behind this job changed"));
}

TEST(ChangedParts, SaysWhatIsKnownOfBoth) {
  const DataParts before{"w", "c", "t", "x", ""};
  EXPECT_THAT(ChangedParts(before, before), IsEmpty());
  EXPECT_THAT(ChangedParts(before, {"", "c", "t", "y", ""}), ElementsAre("the text"));
  EXPECT_THAT(ChangedParts(before, {"", "c", "u", "y", ""}), ElementsAre("the tokenizer"));
  EXPECT_THAT(ChangedParts(before, {"v", "d", "t", "x", ""}),
              ElementsAre("the model's weights", "the model's configuration"));
}

// A tokenizer that gives the same ids is the same data.
TEST(CombineIdentity, LeavesTheTokenizerToItsIds) {
  EXPECT_EQ(CombineIdentity({"w", "c", "t", "x", ""}), CombineIdentity({"w", "c", "u", "x", ""}));
  EXPECT_NE(CombineIdentity({"w", "c", "t", "x", ""}), CombineIdentity({"w", "c", "t", "y", ""}));
  EXPECT_NE(CombineIdentity({"w", "c", "t", "x", ""}), CombineIdentity({"w", "d", "t", "x", ""}));
}

}  // namespace
}  // namespace saelaw
