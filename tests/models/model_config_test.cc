
#include "models/model_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "models/checkpoint_files.h"

namespace saelaw {
namespace {

// Expects a ConfigurationError that contains `part` when `from` in config.json becomes `to`.
void ExpectVariantRefused(const char* from, const char* to, const char* part) {
  const CheckpointCopy copy("llama3_tied");
  copy.Replace("config.json", from, to);
  try {
    ReadModelConfig(copy.path());
    ADD_FAILURE() << "accepted " << to;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration) << error.what();
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

void ExpectLlama3Tied(const ModelConfig& config) {
  EXPECT_EQ(config.layers, 3);
  EXPECT_EQ(config.hidden_size, 32);
  EXPECT_EQ(config.heads, 4);
  EXPECT_EQ(config.kv_heads, 2);
  EXPECT_EQ(config.head_dim, 8);
  EXPECT_EQ(config.intermediate_size, 48);
  EXPECT_EQ(config.vocabulary, 96);
  EXPECT_EQ(config.max_context, 64);
  EXPECT_EQ(config.rope_theta, 500000);
  EXPECT_NEAR(config.rms_norm_eps, 1e-5, 1e-12);
  EXPECT_TRUE(config.tied_embeddings);
}

TEST(ModelConfig, ReadsFolders) {
  const ModelConfig config = ReadModelConfig(Checkpoint("llama3_tied"));
  ExpectLlama3Tied(config);
  ASSERT_TRUE(config.rope_scaling);
  EXPECT_EQ(config.rope_scaling->factor, 8);
  EXPECT_EQ(config.rope_scaling->original_max_position_embeddings, 24);
  EXPECT_EQ(ReadModelConfig(Checkpoint("wide_heads")).head_dim, 16);
  EXPECT_FALSE(ReadModelConfig(Checkpoint("untied")).tied_embeddings);
}

TEST(ModelConfig, ReadsGguf) {
  const ModelConfig config = ReadModelConfig(Checkpoint("llama3_tied") / "model.gguf");
  ExpectLlama3Tied(config);
  EXPECT_FALSE(config.rope_scaling);
  EXPECT_EQ(config.rope_divisors.size(), 4U);
}

TEST(ModelConfig, RefusesOtherArchitecturesAndVariants) {
  ExpectVariantRefused(R"("model_type": "llama")", R"("model_type": "qwen2")", "'qwen2'");
  ExpectVariantRefused(R"("hidden_act": "silu")", R"("hidden_act": "gelu")", "'gelu'");
  ExpectVariantRefused(R"("attention_bias": false)", R"("attention_bias": true)", "biases");
  ExpectVariantRefused(R"("mlp_bias": false)", R"("mlp_bias": true)", "biases");
  ExpectVariantRefused(R"("rope_type": "llama3")", R"("rope_type": "yarn")", "'yarn'");
  ExpectVariantRefused("{", R"({"quantization_config": {},)", "quantization_config");
}

TEST(ModelConfig, RefusesImpossibleNumbers) {
  ExpectVariantRefused(R"("num_hidden_layers": 3)", R"("num_hidden_layers": 0)", "layers is 0");
  ExpectVariantRefused(R"("vocab_size": 96)", R"("vocab_size": -1)", "vocabulary is -1");
  ExpectVariantRefused(R"("vocab_size": 96)", R"("vocab_size": "x")", "not an integer");
  ExpectVariantRefused(R"("vocab_size": 96)", R"("vocab_size": null)", "is missing");
  ExpectVariantRefused(
      R"("num_key_value_heads": 2)", R"("num_key_value_heads": 3)", "cannot share");
  ExpectVariantRefused(R"("head_dim": 8)", R"("head_dim": 7)", "odd");
  ExpectVariantRefused(R"("factor": 8.0)", R"("factor": -8.0)", "factor is -8");
  ExpectVariantRefused(R"("high_freq_factor": 4.0)", R"("high_freq_factor": 1.0)", "high_freq");
}

TEST(ModelConfig, SaysWhatToGiveInstead) {
  const TemporaryFolder folder;
  const auto message = [&](const std::filesystem::path& path) -> std::string {
    try {
      ReadModelConfig(path);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  EXPECT_THAT(message(folder.path()), testing::HasSubstr("no config.json"));
  EXPECT_THAT(message(folder.Write("pytorch_model.bin", "")), testing::HasSubstr("convert"));
  EXPECT_THAT(message(folder.Write("model.safetensors", "")), testing::HasSubstr("the folder"));
  EXPECT_THAT(message(folder.Write("notes.txt", "text")), testing::HasSubstr("not a GGUF file"));
  EXPECT_THAT(message(folder.path() / "missing.gguf"), testing::HasSubstr("No such file"));
}

TEST(HookWidth, IsThatOfTheStreamOrOfTheMlpsInside) {
  const ModelConfig config = ReadModelConfig(Checkpoint("untied"));
  for (const HookSite& site : kHooks) {
    EXPECT_EQ(HookWidth(config, site.hook), site.hook == Hook::kMlpAct ? 48 : 32) << site.name;
  }
}

}  // namespace
}  // namespace saelaw
