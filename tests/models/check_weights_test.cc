#include "models/check_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "models/checkpoint_files.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr ModelNeeds kWhole = {.layers = 1, .whole = true};

// Exit code and message of what is thrown; kComplete when nothing is.
std::pair<ExitCode, std::string> Checked(const fs::path& path, const ModelNeeds& needs = kWhole) {
  try {
    CheckWeights(path, ReadModelConfig(path), needs);
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::kComplete, ""};
}

void ExpectRefusedAs(const CheckpointCopy& copy, ExitCode code, const char* part) {
  const auto [got, message] = Checked(copy.path());
  EXPECT_EQ(got, code) << message;
  EXPECT_THAT(message, HasSubstr(part));
}

TEST(CheckWeights, TakesSoundCheckpoints) {
  for (const char* name : {"llama3_tied", "sharded_bf16", "untied", "wide_heads"}) {
    EXPECT_EQ(Checked(Checkpoint(name)).second, "") << name;
  }
  EXPECT_EQ(Checked(Checkpoint("llama3_tied") / "model.gguf").second, "");
}

TEST(CheckWeights, SaysBothWaysOutWhereTheHeadIsMissing) {
  const CheckpointCopy copy("llama3_tied");
  copy.Replace("config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
  ExpectRefusedAs(copy, ExitCode::kConfiguration, "tie_word_embeddings");
  EXPECT_THAT(Checked(copy.path()).second, HasSubstr("spliced_contexts: 0"));
  EXPECT_EQ(Checked(copy.path(), {.layers = 3}).second, "");  // then nobody asks for it
}

TEST(CheckWeights, LooksAtTheLayersThatAreNeededAlone) {
  const CheckpointCopy copy("untied");
  copy.Replace("model.safetensors", "model.layers.1.mlp.up_proj", "model.layers.1.mlp.up_porj");
  ExpectRefusedAs(copy, ExitCode::kIo, "model.layers.1.mlp.up_proj.weight is missing");
  EXPECT_EQ(Checked(copy.path(), {.layers = 1}).second, "");
}

TEST(CheckWeights, RefusesWhatTheConfigurationDoesNotSay) {
  const CheckpointCopy narrower("untied");
  narrower.Replace("config.json", "\"intermediate_size\": 48", "\"intermediate_size\": 40");
  ExpectRefusedAs(narrower, ExitCode::kIo, "has shape [48, 32], not [40, 32]");
  const CheckpointCopy biased("untied");
  biased.Replace("model.safetensors",
                 "model.layers.1.mlp.up_proj.weight\":",
                 "model.layers.1.mlp.up_proj.bias\"  :");
  ExpectRefusedAs(biased, ExitCode::kConfiguration, "biases are not supported");
}

TEST(CheckWeights, NamesAnEmbeddingUnderAnotherName) {
  const CheckpointCopy copy("untied");
  copy.Replace("model.safetensors", "model.embed_tokens.weight", "mmmmm.embed_tokens.weight");
  ExpectRefusedAs(copy, ExitCode::kConfiguration, "'mmmmm.embed_tokens.weight'");
}

TEST(FolderWeights, AStaleIndexIsPassedOver) {
  const CheckpointCopy copy("untied");
  copy.Write("model.safetensors.index.json",
             R"({"weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}})");
  EXPECT_EQ(Checked(copy.path()).second, "");
  EXPECT_THAT(WeightFilePaths(copy.path()), ElementsAre(copy.path() / "model.safetensors"));
  fs::remove(copy.path() / "model.safetensors");
  EXPECT_EQ(Checked(copy.path()).first, ExitCode::kIo);
}

TEST(FolderWeights, ShardsAreThoseOfTheIndex) {
  const CheckpointCopy copy("sharded_bf16");
  copy.Write("adapter_model.safetensors", "not read");
  const std::vector<fs::path> paths = WeightFilePaths(copy.path());
  EXPECT_GT(paths.size(), 1U);
  for (const fs::path& path : paths) EXPECT_THAT(path.filename().string(), HasSubstr("-of-"));
  fs::remove(paths.back());
  ExpectRefusedAs(copy, ExitCode::kIo, "which is not in the folder");
}

TEST(FolderWeights, SaysWhatIsThereInstead) {
  const auto message = [](const std::string& file) {
    const CheckpointCopy copy("untied");
    fs::remove(copy.path() / "expected.safetensors");
    fs::rename(copy.path() / "model.safetensors", copy.path() / file);
    const auto [code, text] = Checked(copy.path());
    EXPECT_EQ(code, ExitCode::kConfiguration) << text;
    EXPECT_FALSE(HasWeights(copy.path()));
    return text;
  };
  EXPECT_THAT(message("model-00001-of-00001.safetensors"),
              HasSubstr("model-00001-of-00001.safetensors is a shard"));
  EXPECT_THAT(message("adapter_model.safetensors"), HasSubstr("merge_and_unload"));
  EXPECT_THAT(message("adapter_model.bin"), HasSubstr("is an adapter"));
  EXPECT_THAT(message("consolidated.safetensors"), HasSubstr("its maker's own names"));
  EXPECT_THAT(message("pytorch_model.bin"), HasSubstr("convert it to safetensors"));
  EXPECT_THAT(message("pytorch_model-00001-of-00002.bin"), HasSubstr("is a pickle"));
  EXPECT_THAT(message("model.fp16.safetensors"), HasSubstr("name it model.safetensors"));
  EXPECT_THAT(message("weights.xyz"), HasSubstr("neither model.safetensors nor"));
}

TEST(Gguf, IsAModelWhateverItsName) {
  const TemporaryFolder folder;
  const fs::path blob = folder.path() / "sha256-0badc0de.bin";
  fs::copy_file(Checkpoint("llama3_tied") / "model.gguf", blob);
  EXPECT_EQ(Checked(blob).second, "");
  EXPECT_THAT(WeightFilePaths(blob), ElementsAre(blob));
}

}  // namespace
}  // namespace saelaw
