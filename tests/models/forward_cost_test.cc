#include "models/forward_cost.h"

#include <gtest/gtest.h>

#include "models/model_cards.h"

namespace saelaw {
namespace {

const ModelShape& Llama() { return *FindModelCard("llama-3.2-1b"); }

ModelSource At(const char* hook, int layer) {
  ModelSource source;
  source.hook = hook;
  source.layer = layer;
  return source;
}

// Blocks 0 to 7 of Llama-3.2-1B: 8 (2 2048 2048 + 2 2048 512 + 3 2048 8192) weights, 2 FLOP each.
TEST(ForwardFlops, CountsTheWeightProductsOfWholeBlocks) {
  EXPECT_EQ(ForwardFlops(Llama(), At("mlp_out", 7), 1), 2.0 * 8 * 60'817'408);
  EXPECT_EQ(ForwardFlops(Llama(), At("resid_post", 7), 10), 20.0 * 8 * 60'817'408);
}

// A hook before the block needs nothing of it, one of its attention no MLP.
TEST(ForwardFlops, StopsWhereTheHookIs) {
  EXPECT_EQ(ForwardFlops(Llama(), At("resid_pre", 7), 1),
            ForwardFlops(Llama(), At("resid_post", 6), 1));
  EXPECT_EQ(ForwardFlops(Llama(), At("resid_pre", 0), 1), 0);
  EXPECT_EQ(ForwardFlops(Llama(), At("attn_out", 0), 1), 2.0 * 10'485'760);
}

TEST(HalfForwardFlops, IsTheRuleOfThumb) { EXPECT_EQ(HalfForwardFlops(Llama(), 10), 1.2e10); }

// bf16 weights, and on a GPU the larger of a pass's arrays and the logits.
TEST(LanguageModelBytes, HoldsAllLayers) {
  ModelSource source = At("mlp_out", 0);
  source.context_tokens = 256;
  const double weights = 2 * 1.2e9;
  const double logits = 4096.0 * 128'256 * (2 + 8);
  EXPECT_EQ(LanguageModelBytes(source, Llama(), /*on_gpu=*/true), weights + logits);
  EXPECT_LT(LanguageModelBytes(source, Llama(), /*on_gpu=*/false), weights + logits);
}

}  // namespace
}  // namespace saelaw
