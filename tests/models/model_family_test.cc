#include "models/model_family.h"

#include <set>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

const ModelFamily& Llama() {
  const ModelFamily* family = FindFamily("llama");
  EXPECT_NE(family, nullptr);
  return *family;
}

TEST(ModelFamily, IsFoundByName) {
  for (const ModelFamily* family : ModelFamilies()) EXPECT_EQ(FindFamily(family->name), family);
  EXPECT_EQ(FindFamily("gpt-0"), nullptr);
  EXPECT_NE(FamilyNames().find("'llama'"), std::string::npos);
}

// Each weight once, or a block would be loaded with another's.
TEST(ModelFamily, NamesEachWeightOnce) {
  for (const ModelFamily* family : ModelFamilies()) {
    std::set<Weight> weights;
    std::set<std::string> names;
    for (const auto& list : {family->model, family->blocks}) {
      for (const WeightName& name : list) {
        EXPECT_TRUE(weights.insert(name.weight).second) << name.folder;
        EXPECT_TRUE(names.insert(WeightNameIn(*family, name.weight, 3)).second) << name.folder;
      }
    }
  }
}

TEST(WeightNameIn, IsHuggingFaces) {
  EXPECT_EQ(WeightNameIn(Llama(), Weight::kUp, 3), "model.layers.3.mlp.up_proj.weight");
  EXPECT_EQ(WeightNameIn(Llama(), Weight::kOutput), "lm_head.weight");
}

TEST(GgufName, RenamesWhatTheFamilyKnows) {
  EXPECT_EQ(GgufName(Llama(), "model.layers.3.mlp.up_proj.weight"), "blk.3.ffn_up.weight");
  EXPECT_EQ(GgufName(Llama(), "model.layers.12.self_attn.q_proj.bias"), "blk.12.attn_q.bias");
  EXPECT_EQ(GgufName(Llama(), "model.embed_tokens.weight"), "token_embd.weight");
  EXPECT_EQ(GgufName(Llama(), "lm_head.weight"), "output.weight");
  EXPECT_EQ(GgufName(Llama(), "another.weight"), "another.weight");
}

TEST(WeightShape, FollowsTheExtents) {
  ModelConfig config;
  config.hidden_size = 32;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 16;
  config.intermediate_size = 48;
  config.vocabulary = 96;
  using Shape = std::vector<std::int64_t>;
  EXPECT_EQ(WeightShape(config, Weight::kEmbedding), (Shape{96, 32}));
  EXPECT_EQ(WeightShape(config, Weight::kQuery), (Shape{64, 32}));
  EXPECT_EQ(WeightShape(config, Weight::kValue), (Shape{32, 32}));
  EXPECT_EQ(WeightShape(config, Weight::kAttentionOut), (Shape{32, 64}));
  EXPECT_EQ(WeightShape(config, Weight::kDown), (Shape{32, 48}));
  EXPECT_EQ(WeightShape(config, Weight::kMlpNorm), (Shape{32}));
}

}  // namespace
}  // namespace saelaw
