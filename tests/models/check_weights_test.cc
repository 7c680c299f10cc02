#include "models/check_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "models/checkpoint_files.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
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

}  // namespace
}  // namespace saelaw
