#include "llm/cpu_attention.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr LlamaBlockShape kShape{4, 2, 16, 1e-5};
constexpr std::int64_t kWidth = (4 + 2 * 2) * 16;  // numbers of one token: q, k, v

at::Tensor Attend(CpuAttention& attention, const at::Tensor& qkv) {
  at::Tensor out = at::zeros({qkv.size(0), 4 * 16}, at::kBFloat16);
  attention.Run(
      qkv.const_data_ptr<at::BFloat16>(), qkv.size(0), out.mutable_data_ptr<at::BFloat16>());
  return out.to(at::kFloat);
}

at::Tensor Random(std::int64_t tokens) { return at::randn({tokens, kWidth}).to(at::kBFloat16); }

// softmax(q kᵀ / √16) v by its formula in fp64, the two heads of a group sharing keys and values.
at::Tensor ByFormula(const at::Tensor& qkv) {
  const at::Tensor wide = qkv.to(at::kDouble);
  const std::int64_t tokens = qkv.size(0);
  const at::Tensor seen = at::ones({tokens, tokens}, at::kBool).tril();
  std::vector<at::Tensor> heads;
  for (std::int64_t head = 0; head < 4; ++head) {
    const std::int64_t shared = head / 2;
    const at::Tensor query = wide.narrow(1, head * 16, 16);
    const at::Tensor key = wide.narrow(1, (4 + shared) * 16, 16);
    const at::Tensor value = wide.narrow(1, (6 + shared) * 16, 16);
    const at::Tensor scores = (query.matmul(key.t()) / 4).masked_fill(~seen, -INFINITY);
    heads.push_back(scores.softmax(1).matmul(value));
  }
  return at::cat(heads, 1).to(at::kFloat);
}

// 64 tokens are one panel; a rounding to bf16 is 2^-9, and two of them lie on the way.
TEST(CpuAttention, IsTheSoftmaxOfEarlierTokens) {
  at::manual_seed(1);
  CpuAttention attention(kShape, 100);
  for (const std::int64_t tokens : {1, 63, 64, 65, 100}) {
    const at::Tensor qkv = Random(tokens);
    EXPECT_TRUE(at::allclose(Attend(attention, qkv), ByFormula(qkv), 0.02, 0.02)) << tokens;
  }
}

TEST(CpuAttention, TheFirstTokenSeesItselfAlone) {
  at::manual_seed(2);
  const at::Tensor qkv = Random(70);
  CpuAttention attention(kShape, 70);
  const at::Tensor values = qkv[0].narrow(0, 6 * 16, 2 * 16).to(at::kFloat).view({2, 1, 16});
  EXPECT_TRUE(
      at::allclose(Attend(attention, qkv)[0].view({2, 2, 16}), values.expand({2, 2, 16}), 0, 1e-6));
}

// The memory of a longer sequence is still there; none of it may show in a shorter one.
TEST(CpuAttention, KeepsNothingOfTheSequenceBefore) {
  at::manual_seed(3);
  const at::Tensor qkv = Random(20);
  CpuAttention fresh(kShape, 90), used(kShape, 90);
  Attend(used, at::full({90, kWidth}, 5, at::kBFloat16));
  EXPECT_TRUE(at::equal(Attend(used, qkv), Attend(fresh, qkv)));
}

}  // namespace
}  // namespace saelaw
