#include "llm/llama.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "llm/checkpoint.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

constexpr std::int64_t kLayers = 3;

// The tolerance that the live check on a real model has, too.
void ExpectParity(const std::filesystem::path& path,
                  const std::string& reference,
                  double tolerance = 1e-4,
                  LlamaPrecision precision = LlamaPrecision::kFp32) {
  const LlamaModel model = LoadOnCpu(path, kLayers, precision);
  const Expected expected(reference);
  const at::Tensor tokens = expected.Get("tokens");
  for (std::int64_t layer = 0; layer < kLayers; ++layer) {
    for (const HookSite& site : kHooks) {
      const Hook hook = site.hook;
      const std::string name = fmt::format("{}.{}", HookName(hook), layer);
      const at::Tensor got = model.Activations(tokens, hook, layer);
      EXPECT_EQ(got.scalar_type(), at::kFloat);
      EXPECT_LT(RelativeDifference(got, expected.Get(name)), tolerance) << path << " " << name;
    }
  }
  EXPECT_LT(RelativeDifference(model.Logits(tokens), expected.Get("logits")), tolerance) << path;
}

TEST(LlamaModel, AgreesWithTransformers) {
  for (const char* name : {"untied", "wide_heads", "llama3_tied", "sharded_bf16"}) {
    ExpectParity(Checkpoint(name), name);
  }
}

TEST(LlamaModel, AgreesWithTransformersFromGguf) {
  ExpectParity(Checkpoint("llama3_tied") / "model.gguf", "llama3_tied");
}

// What blocks add is what stands between the streams before and behind them.
TEST(LlamaModel, HooksOfABlockAddUp) {
  const at::Tensor tokens = Expected("untied").Get("tokens");
  for (const LlamaPrecision precision : {LlamaPrecision::kFp32, LlamaPrecision::kBf16}) {
    const LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayers, precision);
    const auto at_hook = [&](Hook hook, std::int64_t layer) {
      return model.Activations(tokens, hook, layer);
    };
    EXPECT_TRUE(at::equal(at_hook(Hook::kResidPre, 2), at_hook(Hook::kResidPost, 1)));
    const at::Tensor sum =
        at_hook(Hook::kResidPre, 1) + at_hook(Hook::kAttnOut, 1) + at_hook(Hook::kMlpOut, 1);
    const double tolerance = precision == LlamaPrecision::kFp32 ? 1e-6 : 1e-2;
    EXPECT_LT(RelativeDifference(sum, at_hook(Hook::kResidPost, 1)), tolerance);
  }
}

// bfloat16 keeps 8 bits: 2^-9 = 0.2 % per rounding, and some tens of roundings per block.
TEST(LlamaModel, Bf16StaysNearFp32) {
  ExpectParity(Checkpoint("llama3_tied"), "llama3_tied", 0.05, LlamaPrecision::kBf16);
  const LlamaModel model = LoadOnCpu(Checkpoint("llama3_tied"), 1, LlamaPrecision::kBf16);
  const Expected expected("llama3_tied");
  const at::Tensor got = model.Activations(expected.Get("tokens"), Hook::kResidPost, 0);
  EXPECT_GT(RelativeDifference(got, expected.Get("resid_post.0")), 1e-4);
}

TEST(LlamaModel, ReadsTheOlderSpellingOfRope) {
  const CheckpointCopy copy("llama3_tied");
  copy.Replace("config.json", "\"rope_parameters\"", "\"rope_scaling\"");
  copy.Replace("config.json", "\"rope_theta\": 500000.0,\n", "");
  copy.Replace("config.json", "{", "{\"rope_theta\": 500000.0,");
  EXPECT_EQ(ReadModelConfig(copy.path()).rope_theta, 500000.0);
  ExpectParity(copy.path(), "llama3_tied");
}

TEST(LlamaModel, LoadsOnlyTheBlocksItNeeds) {
  const LlamaModel model = LoadOnCpu(Checkpoint("untied"), 1);
  const Expected expected("untied");
  const at::Tensor tokens = expected.Get("tokens");
  const at::Tensor got = model.Activations(tokens, Hook::kMlpOut, 0);
  EXPECT_LT(RelativeDifference(got, expected.Get("mlp_out.0")), 1e-4);
  EXPECT_THROW(model.Activations(tokens, Hook::kMlpOut, 1), Error);
  EXPECT_THROW(model.Logits(tokens), Error);
  EXPECT_THROW(LoadOnCpu(Checkpoint("untied"), 4), Error);
}

TEST(LlamaModel, IsDeterministicAndCausal) {
  const LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayers);
  const at::Tensor tokens = Expected("untied").Get("tokens");
  const at::Tensor first = model.Activations(tokens, Hook::kResidPost, 2);
  EXPECT_TRUE(at::equal(first, model.Activations(tokens, Hook::kResidPost, 2)));
  at::Tensor changed = tokens.clone();
  changed.select(1, 20).fill_(0);
  const at::Tensor later = model.Activations(changed, Hook::kResidPost, 2);
  EXPECT_TRUE(at::allclose(later.narrow(1, 0, 20), first.narrow(1, 0, 20)));
  EXPECT_FALSE(at::allclose(later.narrow(1, 20, 4), first.narrow(1, 20, 4)));
}

TEST(LlamaModel, SplitsLargeBatches) {
  const LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayers);
  const at::Tensor tokens = Expected("untied").Get("tokens");
  const at::Tensor many = tokens.repeat({100, 1});  // 4,800 tokens: more than one pass
  const at::Tensor got = model.Activations(many, Hook::kMlpAct, 2);
  ASSERT_EQ(got.sizes(), (at::IntArrayRef{200, 24, 48}));
  const at::Tensor expected = model.Activations(tokens, Hook::kMlpAct, 2).repeat({100, 1, 1});
  EXPECT_LT(RelativeDifference(got, expected), 1e-5);
}

TEST(LlamaModel, ActivationsMayEnterAutograd) {
  const LlamaModel model = LoadOnCpu(Checkpoint("untied"), 1);
  const at::Tensor tokens = Expected("untied").Get("tokens");
  const at::Tensor got = model.Activations(tokens, Hook::kMlpOut, 0);
  EXPECT_FALSE(got.requires_grad());
  EXPECT_FALSE(got.is_inference());
}

TEST(LlamaModel, RefusesWrongTokens) {
  const LlamaModel model = LoadOnCpu(Checkpoint("untied"), 1);
  const auto run = [&](const at::Tensor& tokens) {
    return model.Activations(tokens, Hook::kMlpOut, 0);
  };
  EXPECT_THROW(run(at::full({1, 4}, 96, at::kLong)), Error);
  EXPECT_THROW(run(at::full({1, 4}, -1, at::kLong)), Error);
  EXPECT_THROW(run(at::zeros({1, 65}, at::kLong)), Error);
  EXPECT_THROW(run(at::zeros({1, 4}, at::kInt)), Error);
  EXPECT_THROW(run(at::zeros({4}, at::kLong)), Error);
  EXPECT_THROW(run(at::zeros({0, 4}, at::kLong)), Error);
}

void ExpectLoadRefused(const CheckpointCopy& copy, const char* part) {
  ExpectRefused([&] { LoadOnCpu(copy.path(), kLayers); }, copy.path().string(), part);
}

TEST(LlamaModel, RefusesWeightsThatAreNotFinite) {
  const CheckpointCopy copy("untied");
  std::string weights = copy.Read("model.safetensors");
  const float infinity = INFINITY;
  std::memcpy(weights.data() + weights.size() - sizeof infinity, &infinity, sizeof infinity);
  copy.Write("model.safetensors", weights);
  ExpectLoadRefused(copy, "model.norm.weight holds NaN or infinity");
}

TEST(LlamaModel, RefusesWrongShapesAndMissingTensors) {
  const CheckpointCopy narrower("untied");
  narrower.Replace("config.json", "\"intermediate_size\": 48", "\"intermediate_size\": 40");
  ExpectLoadRefused(narrower, "has shape [48, 32], not [40, 32]");
  const CheckpointCopy missing("untied");
  missing.Replace("model.safetensors", "model.layers.1.mlp.up_proj", "model.layers.1.mlp.up_porj");
  ExpectLoadRefused(missing, "model.layers.1.mlp.up_proj.weight is missing");
}

TEST(LlamaModel, RefusesIndicesThatLeadOutOfTheirFolder) {
  const CheckpointCopy copy("sharded_bf16");
  copy.Replace("model.safetensors.index.json", "model-00001", "../model-00001");
  ExpectLoadRefused(copy, "something other than file names");
}

TEST(LlamaModel, NeverLoadsPickles) {
  const CheckpointCopy copy("untied");
  std::filesystem::remove(copy.path() / "model.safetensors");
  copy.Write("pytorch_model.bin", "");
  try {
    LoadOnCpu(copy.path(), 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_THAT(error.what(), testing::HasSubstr("convert it to safetensors"));
  }
}

}  // namespace
}  // namespace saelaw
