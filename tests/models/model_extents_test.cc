#include "models/model_extents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/errors.h"
#include "models/gguf_bytes.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::EndsWith;

class GgufExtents : public ::testing::Test {
 protected:
  ModelExtents Read(const std::vector<std::string>& more,
                    const std::vector<std::string>& tensors = {}) {
    std::vector<std::string> keys = {GgufInteger("llama.block_count", 4),
                                     GgufInteger("llama.embedding_length", 64),
                                     GgufInteger("llama.feed_forward_length", 128)};
    keys.insert(keys.end(), more.begin(), more.end());
    return ReadExtents(GgufParts(folder_.Write("m.gguf", GgufBytes(keys, tensors))), "llama");
  }
  TemporaryFolder folder_;
};

// Without keys of its own each head has its part of the width, and keys and values of its own.
TEST_F(GgufExtents, FollowFromTheHeadsWhereTheyAreNotTold) {
  const ModelExtents extents = Read({GgufInteger("llama.attention.head_count", 8)});
  EXPECT_EQ(extents.layers, 4);
  EXPECT_EQ(extents.kv_heads, 8);
  EXPECT_EQ(extents.head_dim, 8);
  EXPECT_EQ(extents.vocabulary, 0);  // neither tokens nor a size
  const ModelExtents told = Read({GgufInteger("llama.attention.head_count", 8),
                                  GgufInteger("llama.attention.head_count_kv", 2),
                                  GgufInteger("llama.attention.key_length", 16),
                                  GgufInteger("llama.vocab_size", 100)});
  EXPECT_EQ(told.kv_heads, 2);
  EXPECT_EQ(told.head_dim, 16);
  EXPECT_EQ(told.vocabulary, 100);
}

// A file without a head of its own uses the embedding for it.
TEST_F(GgufExtents, AreTiedWhereThereIsNoHead) {
  const std::vector<std::string> heads = {GgufInteger("llama.attention.head_count", 8)};
  EXPECT_TRUE(Read(heads).tied_embeddings);
  EXPECT_FALSE(Read(heads, {"output.weight"}).tied_embeddings);
}

TEST_F(GgufExtents, NameWhatIsMissing) {
  const auto [code, message] = Thrown([&] { Read({}); });
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, EndsWith("metadata llama.attention.head_count is missing"));
  const auto none = Thrown([&] { Read({GgufInteger("llama.attention.head_count", 0)}); });
  EXPECT_THAT(none.second, EndsWith("no attention heads"));
}

}  // namespace
}  // namespace saelaw
