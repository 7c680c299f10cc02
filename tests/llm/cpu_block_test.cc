// One block step by step against LibTorch's operations; whole sequences are in cpu_llama_test.cc.
#include "llm/cpu_block.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "llm/rope.h"

namespace saelaw {
namespace {

constexpr CpuBlockShape kShape{{2, 1, 8, 1e-5}, 12, 40};
constexpr std::int64_t kTokens = 9;

at::Tensor Random(at::IntArrayRef shape, double scale) {
  return (at::randn(shape) * scale).to(at::kBFloat16);
}

LlamaBlock RandomBlock() {
  return {.attention_norm = 1 + Random({12}, 0.3),
          .qkv = Random({4 * 8, 12}, 0.3),
          .attention_out = Random({12, 16}, 0.3),
          .mlp_norm = 1 + Random({12}, 0.3),
          .gate_up = Random({2 * 40, 12}, 0.3),
          .down = Random({12, 40}, 0.3)};
}

LlamaBlock InFp32(const LlamaBlock& block) {
  return {block.attention_norm.to(at::kFloat),
          block.qkv.to(at::kFloat),
          block.attention_out.to(at::kFloat),
          block.mlp_norm.to(at::kFloat),
          block.gate_up.to(at::kFloat),
          block.down.to(at::kFloat)};
}

void ExpectNear(const at::Tensor& got, const at::Tensor& expected) {
  // Some roundings to bf16 of 2^-9 each.
  EXPECT_LT(((got - expected).norm() / expected.norm()).item<double>(), 0.02);
}

at::Tensor Residual(CpuSequence& sequence) {
  return at::tensor(sequence.residual()).view({1, kTokens, 12});
}

TEST(CpuBlock, GoesStepByStepAsLibTorchDoes) {
  at::manual_seed(1);
  const LlamaBlock block = RandomBlock();
  const LlamaBlock wide = InFp32(block);
  const at::Tensor frequencies = at::tensor({1.F, 0.1F, 0.01F, 0.001F});
  const RotaryTables rotary = MakeRotaryTables(frequencies, kTokens, at::kFloat);
  const at::Tensor start = at::randn({1, kTokens, 12});
  CpuSequence sequence(kShape, frequencies, kTokens);
  ASSERT_EQ(sequence.tokens(), kTokens);
  std::copy_n(start.const_data_ptr<float>(), start.numel(), sequence.residual().begin());
  const CpuBlock cpu(block, kShape);
  ResidualStream stream(start.clone());

  cpu.AddAttention(sequence);
  stream.Add(Attention(wide, kShape.attention, rotary, stream));
  ExpectNear(Residual(sequence), stream.Sum());

  // 40 inner numbers are one whole turn of 32 gates and a part of one.
  cpu.ComputeInner(sequence);
  const at::Tensor inner = MlpActivation(wide, kShape.attention, stream);
  const at::Tensor got = at::empty({1, kTokens, 40}, at::kBFloat16);
  std::copy(sequence.inner().begin(), sequence.inner().end(), got.mutable_data_ptr<at::BFloat16>());
  ExpectNear(got.to(at::kFloat), inner);

  cpu.AddDown(sequence);
  stream.Add(at::linear(inner, wide.down));
  ExpectNear(Residual(sequence), stream.Sum());
}

TEST(WideVector, IsExact) {
  EXPECT_EQ(WideVector(at::tensor({1.5F, -2.F}).to(at::kBFloat16)),
            (std::vector<float>{1.5F, -2.F}));
}

}  // namespace
}  // namespace saelaw
