#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "llm/checkpoint.h"
#include "llm/llama.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

constexpr std::int64_t kLayers = 3, kLayer = 1;
constexpr LlamaPrecision kPrecisions[] = {LlamaPrecision::kFp32, LlamaPrecision::kBf16};

// [batch, context - 1], of the logits as they stand, for the tokens of `ids`.
at::Tensor ComputeLosses(const at::Tensor& logits, const at::Tensor& ids) {
  const std::int64_t count = ids.size(1) - 1;
  const at::Tensor logs = logits.narrow(1, 0, count).to(at::kDouble).log_softmax(-1);
  return logs.gather(-1, ids.narrow(1, 1, count).unsqueeze(-1)).squeeze(-1).neg().to(at::kFloat);
}

void ExpectClose(const at::Tensor& got, const at::Tensor& expected) {
  EXPECT_EQ(got.sizes(), expected.sizes());
  EXPECT_LT((got - expected).abs().max().item<double>(), 1e-4);
}

// What the model had computed beside the hook of kLayer.
at::Tensor ResidualOf(const LlamaModel& model, const at::Tensor& ids, Hook hook) {
  at::Tensor residual;
  model.Activations(ids, hook, kLayer, {}, &residual);
  EXPECT_EQ(residual.defined(), FindSite(hook).beside_stream);
  return residual;
}

at::Tensor Tokens() { return Expected("untied").Get("tokens"); }

TEST(NextTokenLosses, OfTheExactActivationsAreTheModels) {
  for (const LlamaPrecision precision : kPrecisions) {
    const LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayers, precision);
    const at::Tensor expected = ComputeLosses(model.Logits(Tokens()), Tokens());
    for (const HookSite& site : kHooks) {
      SCOPED_TRACE(site.name);
      at::Tensor residual;
      const at::Tensor exact = model.Activations(Tokens(), site.hook, kLayer, {}, &residual);
      ExpectClose(model.NextTokenLosses(Tokens(), site.hook, kLayer, residual, exact), expected);
    }
  }
}

// The checkpoint with a matrix of zeros.
void ZeroMatrix(const std::filesystem::path& path, const std::string& name) {
  const SafetensorsFile file(path);
  std::vector<TensorView> views;
  for (const auto& entry : file.tensors()) views.push_back(entry.second);
  const auto found =
      std::find_if(views.begin(), views.end(), [&](const auto& view) { return view.name == name; });
  ASSERT_NE(found, views.end());
  const std::vector<float> zeros(static_cast<std::size_t>(found->size()), 0);
  found->bytes = std::as_bytes(std::span(zeros));
  WriteSafetensors(path, views, file.metadata());
}

// A direct forward pass of a model whose MLP adds nothing.
TEST(NextTokenLosses, OfZerosAreThoseOfAModelWithoutTheMlp) {
  const CheckpointCopy copy("untied");
  ZeroMatrix(copy.path() / "model.safetensors",
             fmt::format("model.layers.{}.mlp.down_proj.weight", kLayer));
  for (const LlamaPrecision precision : kPrecisions) {
    const LlamaModel without = LoadOnCpu(copy.path(), kLayers, precision);
    const at::Tensor expected = ComputeLosses(without.Logits(Tokens()), Tokens());
    const LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayers, precision);
    for (const Hook hook : {Hook::kMlpOut, Hook::kMlpAct}) {
      const at::Tensor zeros = at::zeros_like(model.Activations(Tokens(), hook, kLayer));
      const at::Tensor residual = ResidualOf(model, Tokens(), hook);
      ExpectClose(model.NextTokenLosses(Tokens(), hook, kLayer, residual, zeros), expected);
    }
    EXPECT_GT(
        (expected - ComputeLosses(model.Logits(Tokens()), Tokens())).abs().max().item<double>(),
        0.1);
  }
}

// A direct forward pass of a model whose attention adds nothing.
TEST(NextTokenLosses, OfZerosAreThoseOfAModelWithoutAttention) {
  const CheckpointCopy copy("untied");
  ZeroMatrix(copy.path() / "model.safetensors",
             fmt::format("model.layers.{}.self_attn.o_proj.weight", kLayer));
  for (const LlamaPrecision precision : kPrecisions) {
    const LlamaModel without = LoadOnCpu(copy.path(), kLayers, precision);
    const LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayers, precision);
    const at::Tensor residual = ResidualOf(model, Tokens(), Hook::kAttnOut);
    ExpectClose(
        model.NextTokenLosses(Tokens(), Hook::kAttnOut, kLayer, residual, at::zeros_like(residual)),
        ComputeLosses(without.Logits(Tokens()), Tokens()));
  }
}

// With the residual stream of other tokens the model predicts as if it had read those.
TEST(NextTokenLosses, OfAnotherTextsResidualStreamAreItsPredictions) {
  const at::Tensor others = (Tokens() + 7).remainder(96);
  for (const LlamaPrecision precision : kPrecisions) {
    const LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayers, precision);
    for (const Hook hook : {Hook::kResidPost, Hook::kResidPre}) {
      const at::Tensor stream = model.Activations(others, hook, kLayer);
      ExpectClose(model.NextTokenLosses(Tokens(), hook, kLayer, {}, stream),
                  ComputeLosses(model.Logits(others), Tokens()));
    }
  }
}

TEST(NextTokenLosses, NeedTheLayersThatAreLoadedWhenAsked) {
  for (const LlamaPrecision precision : kPrecisions) {
    LlamaModel model = LoadOnCpu(Checkpoint("untied"), kLayer + 1, precision);
    const at::Tensor exact = model.Activations(Tokens(), Hook::kMlpOut, kLayer);
    const at::Tensor residual = ResidualOf(model, Tokens(), Hook::kMlpOut);
    const auto losses = [&] {
      return model.NextTokenLosses(Tokens(), Hook::kMlpOut, kLayer, residual, exact);
    };
    EXPECT_THROW(losses(), Error);
    model.LoadAll();
    const LlamaModel whole = LoadOnCpu(Checkpoint("untied"), kLayers, precision);
    ExpectClose(losses(), ComputeLosses(whole.Logits(Tokens()), Tokens()));
  }
}

}  // namespace
}  // namespace saelaw
