#include "models/model_cards.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// What can be told of a card by itself; its numbers are those of published configurations.
TEST(ModelCards, DescribeModelsThatCanBe) {
  EXPECT_FALSE(ModelCardNames().empty());
  for (const std::string& name : ModelCardNames()) {
    const ModelShape* card = FindModelCard(name);
    ASSERT_NE(card, nullptr) << name;
    EXPECT_EQ(card->heads % card->kv_heads, 0) << name;
    // Attention, a gated MLP and one table of embeddings: what a published count is made of, but
    // for norms and for rounding (Llama's 1.2e9 stands for 1,235,814,400).
    const std::int64_t queries = card->heads * card->head_dim;
    const std::int64_t block =
        card->hidden_size * (2 * queries + 2 * card->kv_heads * card->head_dim) +
        3 * card->hidden_size * card->intermediate_size;
    const double counted =
        static_cast<double>(card->layers * block + card->vocabulary * card->hidden_size);
    EXPECT_NEAR(static_cast<double>(card->parameters) / counted, 1, 0.03) << name;
  }
  EXPECT_EQ(FindModelCard("gpt-2"), nullptr);
}

}  // namespace
}  // namespace saelaw
