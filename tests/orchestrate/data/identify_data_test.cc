#include "orchestrate/data/identify_data.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "models/checkpoint_files.h"
#include "orchestrate/fakes.h"
#include "tensors/shard_manifest.h"
#include "tokens/character_tokenizer.h"

namespace saelaw {
namespace {

class IdentifyDataTest : public ::testing::Test {
 protected:
  IdentifyDataTest() {
    source_.kind = SourceKind::kModel;
    source_.model.model = model_.path().string();
    source_.model.context_tokens = 8;
    model_.Write("tokenizer.json", CharacterTokenizer());
    std::string lines;
    for (int i = 0; i < 200; ++i)
      lines += fmt::format("{{\"text\": \"document {} is long enough to count\"}}\n", i);
    source_.model.text = {folder_.Write("text.jsonl", lines).string()};
    source_.held_out_tokens = 64;
  }

  TemporaryFolder folder_;
  CheckpointCopy model_{"llama3_tied"};
  FakeWatcher watcher_;
  Cache cache_{watcher_, folder_.path() / "cache"};
  SourceSpec source_;
};

TEST_F(IdentifyDataTest, SyntheticDataIsEndless) {
  SourceSpec synthetic;
  EXPECT_EQ(IdentifyData(&synthetic, DataNeed::kIdentity, cache_).training_tokens, -1);
  EXPECT_EQ(synthetic.identity, "synthetic");
}

TEST_F(IdentifyDataTest, ShardsAreTheirManifest) {
  ShardManifest manifest;
  manifest.d_in = 48;
  manifest.shards = {{"shard-0.safetensors", 100, "hash"}};
  manifest.held_out = {"held-out.safetensors", 10, "hash"};
  WriteShardManifest(folder_.path(), manifest);
  SourceSpec shards;
  shards.kind = SourceKind::kShards;
  shards.shards = folder_.path().string();
  EXPECT_EQ(IdentifyData(&shards, DataNeed::kPrice, cache_).training_tokens, 100);
  EXPECT_EQ(shards.d_in, 48);
  EXPECT_EQ(shards.identity, HashFile(folder_.path() / kManifestFile));
}

TEST_F(IdentifyDataTest, APriceOpensNeitherWeightsNorText) {
  const DataCount guess = IdentifyData(&source_, DataNeed::kPrice, cache_);
  EXPECT_TRUE(guess.estimated);
  EXPECT_GT(guess.training_tokens, 0);
  EXPECT_EQ(source_.identity, "");
}

TEST_F(IdentifyDataTest, ACountIsRememberedForTheNextPrice) {
  const DataCount counted = IdentifyData(&source_, DataNeed::kCount, cache_);
  EXPECT_FALSE(counted.estimated);
  EXPECT_EQ(source_.identity, "");  // weights were not read
  const DataCount remembered = IdentifyData(&source_, DataNeed::kPrice, cache_);
  EXPECT_FALSE(remembered.estimated);
  EXPECT_EQ(remembered.training_tokens, counted.training_tokens);
  EXPECT_EQ(source_.identity, "");
  EXPECT_NE(source_.parts.text, "");
}

TEST_F(IdentifyDataTest, AnIdentityIsRememberedForThePlanThatMatchesRuns) {
  SourceSpec whole = source_;
  IdentifyData(&whole, DataNeed::kIdentity, cache_);
  EXPECT_NE(whole.identity, "");
  IdentifyData(&source_, DataNeed::kMatch, cache_);
  EXPECT_EQ(source_.identity, whole.identity);
}

TEST_F(IdentifyDataTest, WhatNothingIsKeptOfIsWorkedOutAgain) {
  Cache none(watcher_, "/proc/none");
  SourceSpec again = source_;
  IdentifyData(&source_, DataNeed::kIdentity, none);
  IdentifyData(&again, DataNeed::kIdentity, cache_);
  EXPECT_EQ(source_.identity, again.identity);
  EXPECT_EQ(watcher_.lines.size(), 1U);  // that nothing can be kept
}

TEST_F(IdentifyDataTest, OtherTextIsOtherData) {
  SourceSpec before = source_;
  IdentifyData(&before, DataNeed::kIdentity, cache_);
  folder_.Write("text.jsonl", ReadFile(folder_.path() / "text.jsonl") + R"({"text": "more text"})");
  IdentifyData(&source_, DataNeed::kIdentity, cache_);
  EXPECT_NE(source_.identity, before.identity);
  EXPECT_EQ(source_.parts.weights, before.parts.weights);
}

}  // namespace
}  // namespace saelaw
