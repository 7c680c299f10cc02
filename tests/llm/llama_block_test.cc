// The parts of a block on numbers that can be worked out by hand; whole models against
// transformers are in llama_test.cc.
#include "llm/llama_block.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

// One head of two components, two tokens, no rotation.
constexpr LlamaBlockShape kShape{1, 1, 2, 0};

RotaryTables NoRotation(std::int64_t context) {
  return {at::ones({context, 1, 2}), at::zeros({context, 1, 2})};
}

// q = k = 0, so that attention is uniform; v = the normed stream, and all goes out as it is.
LlamaBlock UniformBlock() {
  LlamaBlock block;
  block.attention_norm = at::ones({2});
  block.qkv = at::cat({at::zeros({4, 2}), at::eye(2)});
  block.attention_out = at::eye(2);
  block.mlp_norm = at::ones({2});
  block.gate_up = at::cat({at::eye(2), 2 * at::eye(2)});
  block.down = at::eye(2);
  return block;
}

// The root mean square of (3, 4) is √(25 / 2).
TEST(RmsNorm, DividesByTheRootMeanSquare) {
  const at::Tensor got = RmsNorm(at::tensor({3.F, 4.F}).view({1, 2}), at::tensor({1.F, 2.F}), 0);
  const double rms = std::sqrt(12.5);
  EXPECT_NEAR(got[0][0].item<double>(), 3 / rms, 1e-6);
  EXPECT_NEAR(got[0][1].item<double>(), 8 / rms, 1e-6);
}

TEST(ResidualStream, HoldsAllThatWasAdded) {
  ResidualStream stream(at::zeros({1, 1, 2}));
  stream.Add(at::ones({1, 1, 2}));
  stream.Add(2 * at::ones({1, 1, 2}));
  EXPECT_TRUE(at::equal(stream.Normed(at::ones({2}), 0), at::ones({1, 1, 2})));
  EXPECT_TRUE(at::equal(stream.Sum(), 3 * at::ones({1, 1, 2})));
  EXPECT_TRUE(at::equal(stream.Sum(), 3 * at::ones({1, 1, 2})));  // nothing is added twice
}

// Equal scores weigh all tokens up to the own one alike. (1, 1) and (1, -1) are their own norms.
TEST(Attention, WithEqualScoresIsTheMeanOfWhatCameBefore) {
  ResidualStream stream(at::tensor({1.F, 1.F, 1.F, -1.F}).view({1, 2, 2}));
  const at::Tensor got = Attention(UniformBlock(), kShape, NoRotation(2), stream);
  EXPECT_TRUE(at::allclose(got, at::tensor({1.F, 1.F, 1.F, 0.F}).view({1, 2, 2}), 0, 1e-6));
}

// silu(x)·2x at x = 1 and -1.
TEST(MlpActivation, IsSiluOfTheGateTimesUp) {
  ResidualStream stream(at::tensor({1.F, -1.F}).view({1, 1, 2}));
  const at::Tensor got = MlpActivation(UniformBlock(), kShape, stream);
  const double e = std::exp(1);
  EXPECT_NEAR(got[0][0][0].item<double>(), 2 / (1 + 1 / e), 1e-6);
  EXPECT_NEAR(got[0][0][1].item<double>(), 2 / (1 + e), 1e-6);
}

// One token attends to itself: the stream (1, -1) becomes (2, -2), whose norm is (1, -1) again.
TEST(PassBlock, AddsAttentionAndThenTheMlp) {
  ResidualStream stream(at::tensor({1.F, -1.F}).view({1, 1, 2}));
  PassBlock(UniformBlock(), kShape, NoRotation(1), stream);
  const double e = std::exp(1);
  EXPECT_NEAR(stream.Sum()[0][0][0].item<double>(), 2 + 2 / (1 + 1 / e), 1e-6);
  EXPECT_NEAR(stream.Sum()[0][0][1].item<double>(), -2 + 2 / (1 + e), 1e-6);
}

}  // namespace
}  // namespace saelaw
