#include "models/model_shape.h"

#include <gtest/gtest.h>

#include "models/model_cards.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

// The published config.json of Llama-3.2-1B, in the fields that count; its parameters are published
// as 1,235,814,400.
constexpr std::string_view kLlama = R"({"num_hidden_layers": 16, "hidden_size": 2048,
  "intermediate_size": 8192, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
  "vocab_size": 128256, "tie_word_embeddings": true})";

TEST(ReadModelShape, CountsTheParametersOfAFolder) {
  const TemporaryFolder folder;
  folder.Write("config.json", kLlama);
  const ShapeOrReason found = ReadModelShape(folder.path());
  ASSERT_TRUE(found.shape) << found.reason;
  EXPECT_EQ(found.shape->parameters, 1'235'814'400);
  EXPECT_EQ(found.shape->head_dim, 64);
  EXPECT_EQ(WidthAt(*found.shape, "mlp_act"), 8192);
  EXPECT_EQ(WidthAt(*found.shape, "mlp_out"), 2048);
  EXPECT_EQ(WidthAt(*found.shape, "resid_post"), 2048);
}

TEST(ReadModelShape, AgreesWithTheCards) {
  const ModelShape* smol = FindModelCard("smollm2-135m");
  ASSERT_NE(smol, nullptr);
  const TemporaryFolder folder;
  folder.Write("config.json",
               R"({"num_hidden_layers": 30, "hidden_size": 576, "intermediate_size": 1536,
      "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49152,
      "tie_word_embeddings": true})");
  const ShapeOrReason found = ReadModelShape(folder.path());
  ASSERT_TRUE(found.shape) << found.reason;
  EXPECT_EQ(found.shape->parameters, smol->parameters);
  EXPECT_EQ(found.shape->head_dim, smol->head_dim);
  EXPECT_EQ(FindModelCard("gpt-2"), nullptr);
}

TEST(ReadModelShape, GivesAReasonForWhatItCannotRead) {
  const TemporaryFolder folder;
  EXPECT_NE(ReadModelShape(folder.path() / "none").reason.find("does not exist"),
            std::string::npos);
  EXPECT_FALSE(ReadModelShape(folder.path()).reason.empty());
  for (const char* damaged : {"{", "[]", "{}", R"({"num_hidden_layers": "x"})"}) {
    folder.Write("config.json", damaged);
    EXPECT_FALSE(ReadModelShape(folder.path()).shape) << damaged;
  }
  std::string negative(kLlama);
  folder.Write("config.json", negative.replace(negative.find("2048"), 4, "-048"));
  EXPECT_FALSE(ReadModelShape(folder.path()).shape);
  std::string huge(kLlama);
  for (const char* size : {"2048", "8192"}) huge.replace(huge.find(size), 4, "16000000");
  folder.Write("config.json", huge);
  EXPECT_FALSE(ReadModelShape(folder.path()).shape);
  EXPECT_FALSE(ReadModelShape(folder.Write("bad.gguf", "GGUFxxxx")).shape);
}

}  // namespace
}  // namespace saelaw
