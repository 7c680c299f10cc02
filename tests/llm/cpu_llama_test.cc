#include "llm/cpu_llama.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "llm/checkpoint.h"
#include "llm/llama_block.h"
#include "llm/rope.h"

namespace saelaw {
namespace {

// Without LibTorch's oneDNN there are no packed products, and the other path is taken.
class PackingSwitch {
 public:
  explicit PackingSwitch(bool on) { at::globalContext().setUserEnabledMkldnn(on); }
  ~PackingSwitch() { at::globalContext().setUserEnabledMkldnn(true); }
};

// What can go wrong at an edge: heads narrower and wider than a tile, shared or not; rows, keys and
// columns beyond a whole number of tiles.
struct Case {
  std::int64_t heads, kv_heads, head_dim, hidden, inner, context;
};
constexpr Case kCases[] = {{3, 1, 64, 96, 80, 33},
                           {2, 2, 16, 48, 64, 64},
                           {4, 2, 128, 130, 40, 130},
                           {6, 2, 64, 64, 96, 321}};

ModelConfig ConfigOf(const Case& c) {
  ModelConfig config;
  config.layers = 1;
  config.hidden_size = c.hidden;
  config.heads = c.heads;
  config.kv_heads = c.kv_heads;
  config.head_dim = c.head_dim;
  config.intermediate_size = c.inner;
  config.vocabulary = 50;
  config.max_context = c.context;
  config.rms_norm_eps = 1e-5;
  return config;
}

at::Tensor Random(at::IntArrayRef shape, double scale) {
  return (at::randn(shape) * scale).to(at::kBFloat16);
}

LlamaBlock RandomBlock(const Case& c) {
  const std::int64_t rows = c.heads * c.head_dim;
  // Weights large enough that attention is far from uniform.
  return {.attention_norm = 1 + Random({c.hidden}, 0.3),
          .qkv = Random({rows + 2 * c.kv_heads * c.head_dim, c.hidden}, 0.2),
          .attention_out = Random({c.hidden, rows}, 0.1),
          .mlp_norm = 1 + Random({c.hidden}, 0.3),
          .gate_up = Random({2 * c.inner, c.hidden}, 0.2),
          .down = Random({c.hidden, c.inner}, 0.2)};
}

LlamaBlock InFp32(LlamaBlock block) {
  for (at::Tensor* weight : {&block.attention_norm,
                             &block.qkv,
                             &block.attention_out,
                             &block.mlp_norm,
                             &block.gate_up,
                             &block.down}) {
    *weight = weight->to(at::kFloat);
  }
  return block;
}

// The reference: LibTorch's operations in fp32 on the same weights.
struct Reference {
  at::Tensor resid_pre, attn_out, mlp_act, mlp_out, resid_post;
};
Reference ReferenceOf(const ModelConfig& config,
                      const LlamaBlock& block,
                      const at::Tensor& embedding,
                      const at::Tensor& ids) {
  const LlamaBlockShape shape{config.heads, config.kv_heads, config.head_dim, config.rms_norm_eps};
  const LlamaBlock wide = InFp32(block);
  const RotaryTables rotary = MakeRotaryTables(InverseFrequencies(config), ids.size(1), at::kFloat);
  ResidualStream stream(at::embedding(embedding.to(at::kFloat), ids));
  Reference reference;
  reference.resid_pre = stream.Sum().clone();
  reference.attn_out = Attention(wide, shape, rotary, stream);
  stream.Add(reference.attn_out);
  reference.mlp_act = MlpActivation(wide, shape, stream);
  reference.mlp_out = at::linear(reference.mlp_act, wide.down);
  reference.resid_post = stream.Sum() + reference.mlp_out;
  return reference;
}

void ExpectNearReference(const Case& c) {
  SCOPED_TRACE(testing::Message() << "head_dim " << c.head_dim << ", context " << c.context);
  at::manual_seed(1);
  const ModelConfig config = ConfigOf(c);
  const LlamaBlock block = RandomBlock(c);
  const at::Tensor embedding = Random({config.vocabulary, c.hidden}, 1);
  const at::Tensor ids = at::randint(config.vocabulary, {3, c.context}, at::kLong);
  const Reference reference = ReferenceOf(config, block, embedding, ids);
  CpuLlama model(config, embedding, InverseFrequencies(config));
  model.Add(block);
  // Some roundings of 2^-9 one after the other, sharpened by softmax: 1.4e-2 is the most seen.
  constexpr double kTolerance = 0.025;
  EXPECT_LT(RelativeDifference(model.Activations(ids, Hook::kResidPre, 0), reference.resid_pre),
            kTolerance);
  EXPECT_LT(RelativeDifference(model.Activations(ids, Hook::kAttnOut, 0), reference.attn_out),
            kTolerance);
  EXPECT_LT(RelativeDifference(model.Activations(ids, Hook::kMlpAct, 0), reference.mlp_act),
            kTolerance);
  EXPECT_LT(RelativeDifference(model.Activations(ids, Hook::kMlpOut, 0), reference.mlp_out),
            kTolerance);
  EXPECT_LT(RelativeDifference(model.Activations(ids, Hook::kResidPost, 0), reference.resid_post),
            kTolerance);
}

TEST(CpuLlama, AgreesWithLibTorchsOperations) {
  for (const Case& c : kCases) ExpectNearReference(c);
}

TEST(CpuLlama, AgreesWithoutPackedProducts) {
  const PackingSwitch off(false);
  ASSERT_FALSE(HasPackedProducts());
  for (const Case& c : kCases) ExpectNearReference(c);
}

TEST(CpuLlama, SequencesDependOnNeitherCompanyNorThreads) {
  const LlamaModel model = LoadOnCpu(Checkpoint("llama3_tied"), 3, LlamaPrecision::kBf16);
  const at::Tensor ids = at::randint(96, {7, 24}, at::kLong);
  const int threads = at::get_num_threads();
  for (const HookSite& site : kHooks) {
    const Hook hook = site.hook;
    at::set_num_threads(1);
    const at::Tensor together = model.Activations(ids, hook, 1);
    at::set_num_threads(3);
    EXPECT_TRUE(at::equal(model.Activations(ids, hook, 1), together));
    EXPECT_TRUE(
        at::equal(model.Activations(ids.narrow(0, 5, 1), hook, 1), together.narrow(0, 5, 1)));
  }
  at::set_num_threads(threads);
}

TEST(CpuLlama, NeedsEvenExtents) {
  ModelConfig config = ConfigOf(kCases[0]);
  EXPECT_TRUE(CpuLlama::Supports(config));
  config.hidden_size = 97;
  EXPECT_FALSE(CpuLlama::Supports(config));
}

}  // namespace
}  // namespace saelaw
