// The forward pass is cut at the hook: what comes before gives activations, and what comes after
// gives losses of spliced vectors. On the CPU in bf16 both halves are CpuLlama's.
#include "llm/llama.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/portions.h"
#include "llm/rope.h"
#include "llm/weight_source.h"
#include "models/check_weights.h"

namespace saelaw {
namespace {

// Loads weights and brings them to the model's precision and device.
class Loader {
 public:
  Loader(const WeightSource& source, const ModelConfig& config, at::TensorOptions options)
      : source_(source), config_(config), options_(options) {}

  // `layer` counts where the weight is a block's.
  at::Tensor Load(Weight weight, std::int64_t layer = 0) const {
    return source_.Load(weight, layer).to(options_);
  }

  LlamaBlock Block(std::int64_t layer) const {
    // A bias in the file would be silently ignored, and every activation be wrong.
    RefuseBiases(source_.files(), *config_.family, layer);
    const auto load = [&](Weight weight) { return Load(weight, layer); };
    return {.attention_norm = load(Weight::kAttentionNorm),
            .qkv = at::cat({load(Weight::kQuery), load(Weight::kKey), load(Weight::kValue)}),
            .attention_out = load(Weight::kAttentionOut),
            .mlp_norm = load(Weight::kMlpNorm),
            .gate_up = at::cat({load(Weight::kGate), load(Weight::kUp)}),
            .down = load(Weight::kDown)};
  }

 private:
  const WeightSource& source_;
  const ModelConfig& config_;
  at::TensorOptions options_;
};

at::ScalarType FindType(LlamaPrecision precision) {
  return precision == LlamaPrecision::kBf16 ? at::kBFloat16 : at::kFloat;
}

}  // namespace

LlamaModel::LlamaModel(const std::filesystem::path& path,
                       std::int64_t layers,
                       LlamaPrecision precision,
                       at::Device device)
    : path_(path),
      config_(ReadModelConfig(path)),
      shape_{config_.heads, config_.kv_heads, config_.head_dim, config_.rms_norm_eps},
      device_(device) {
  if (layers < 0 || layers > config_.layers) {
    throw ConfigurationError(fmt::format(
        "{}: {} layers asked for, the model has {}", path.string(), layers, config_.layers));
  }
  const c10::NoGradGuard no_grad;
  const WeightSource source(path, config_);
  const auto options = at::TensorOptions(device).dtype(FindType(precision));
  embedding_ = Loader(source, config_, options).Load(Weight::kEmbedding);
  inverse_frequencies_ = InverseFrequencies(config_).to(device);
  if (device.is_cpu() && precision == LlamaPrecision::kBf16 && CpuLlama::Supports(config_)) {
    cpu_ = std::make_unique<CpuLlama>(config_, embedding_, inverse_frequencies_);
  }
  Load(layers);
}

void LlamaModel::LoadAll() { Load(config_.layers); }

void LlamaModel::Load(std::int64_t layers) {
  if (output_.defined()) return;
  const c10::NoGradGuard no_grad;
  const WeightSource source(path_, config_);
  const Loader loader(source, config_, embedding_.options());
  for (; loaded_ < layers; ++loaded_) {
    LlamaBlock block = loader.Block(loaded_);
    if (cpu_) {
      cpu_->Add(block);
    } else {
      blocks_.push_back(std::move(block));
    }
  }
  // The output matrix is large, and only a whole model has a use for it.
  if (layers < config_.layers) return;
  final_norm_ = loader.Load(Weight::kFinalNorm);
  output_ = config_.tied_embeddings ? embedding_ : loader.Load(Weight::kOutput);
  if (cpu_) cpu_->Finish(final_norm_, output_);
}

at::Tensor LlamaModel::Activations(const at::Tensor& token_ids,
                                   Hook hook,
                                   std::int64_t layer,
                                   const StopCheck& stop,
                                   at::Tensor* residual) const {
  CheckLayer(layer);
  CheckTokens(token_ids);
  if (cpu_) return cpu_->Activations(token_ids.to(device_), hook, layer, stop, residual);
  std::vector<at::Tensor> residuals;
  const at::Tensor activations = InParts(token_ids, [&](const at::Tensor& part) {
    if (residual == nullptr) return ComputeHook(part, hook, layer, stop);
    return ComputeHook(part, hook, layer, stop, &residuals.emplace_back());
  });
  if (residual != nullptr && FindSite(hook).beside_stream) *residual = at::cat(residuals);
  return activations;
}

at::Tensor LlamaModel::Logits(const at::Tensor& token_ids) const {
  CheckAllLoaded();
  CheckTokens(token_ids);
  if (cpu_) return cpu_->Logits(token_ids.to(device_));
  return InParts(token_ids, [&](const at::Tensor& part) { return ComputeLogits(part); });
}

at::Tensor LlamaModel::NextTokenLosses(const at::Tensor& token_ids,
                                       Hook hook,
                                       std::int64_t layer,
                                       const at::Tensor& residual,
                                       const at::Tensor& activations) const {
  CheckLayer(layer);
  CheckAllLoaded();
  CheckTokens(token_ids);
  assert(!FindSite(hook).beside_stream || residual.defined());
  if (cpu_) {
    return cpu_->NextTokenLosses(token_ids, hook, layer, residual, activations.to(at::kFloat));
  }
  const c10::NoGradGuard no_grad;
  const at::Tensor ids = token_ids.to(device_);
  std::vector<at::Tensor> losses;
  // One by one: the logits of a sequence are large.
  for (std::int64_t i = 0; i < ids.size(0); ++i) {
    const at::Tensor before = residual.defined() ? residual.narrow(0, i, 1) : residual;
    losses.push_back(
        ComputeLosses(ids.narrow(0, i, 1), hook, layer, before, activations.narrow(0, i, 1)));
  }
  return at::cat(losses);
}

template <typename Forward>
at::Tensor LlamaModel::InParts(const at::Tensor& token_ids, Forward forward) const {
  const c10::NoGradGuard no_grad;
  // A pass has at least one sequence, however long that is.
  const auto sequences = std::max<std::int64_t>(1, portions::kTokensPerPass / token_ids.size(1));
  std::vector<at::Tensor> outputs;
  for (const at::Tensor& part : token_ids.to(device_).split(sequences)) {
    outputs.push_back(forward(part).to(at::kFloat));
  }
  return outputs.size() == 1 ? outputs.front() : at::cat(outputs);
}

RotaryTables LlamaModel::MakeRotary(const at::Tensor& token_ids) const {
  return MakeRotaryTables(inverse_frequencies_, token_ids.size(1), embedding_.scalar_type());
}

ResidualStream LlamaModel::BeforeBlock(const at::Tensor& token_ids,
                                       std::int64_t layer,
                                       const RotaryTables& rotary,
                                       const StopCheck& stop) const {
  ResidualStream stream(at::embedding(embedding_, token_ids));
  for (std::int64_t i = 0; i < layer; ++i) {
    StopIfAsked(stop);
    PassBlock(blocks_[static_cast<std::size_t>(i)], shape_, rotary, stream);
  }
  StopIfAsked(stop);
  return stream;
}

// Step by step through the block, until the hook is reached.
at::Tensor LlamaModel::ComputeHook(const at::Tensor& token_ids,
                                   Hook hook,
                                   std::int64_t layer,
                                   const StopCheck& stop,
                                   at::Tensor* residual) const {
  const RotaryTables rotary = MakeRotary(token_ids);
  const LlamaBlock& block = blocks_[static_cast<std::size_t>(layer)];
  ResidualStream stream = BeforeBlock(token_ids, layer, rotary, stop);
  const auto beside = [&](at::Tensor activations) {
    if (residual != nullptr) *residual = stream.Sum().to(at::kFloat);
    return activations;
  };
  if (hook == Hook::kResidPre) return stream.Sum();
  at::Tensor attention = Attention(block, shape_, rotary, stream);
  if (hook == Hook::kAttnOut) return beside(attention);
  stream.Add(std::move(attention));
  const at::Tensor activation = MlpActivation(block, shape_, stream);
  if (hook == Hook::kMlpAct) return beside(activation);
  at::Tensor out = at::linear(activation, block.down);
  if (hook == Hook::kMlpOut) return beside(out);
  stream.Add(std::move(out));
  return stream.Sum();
}

at::Tensor LlamaModel::ComputeLogits(const at::Tensor& token_ids) const {
  const at::Tensor x = ComputeHook(token_ids, Hook::kResidPost, config_.layers - 1, {});
  return at::linear(RmsNorm(x, final_norm_, shape_.rms_norm_eps), output_);
}

at::Tensor LlamaModel::ComputeLosses(const at::Tensor& token_ids,
                                     Hook hook,
                                     std::int64_t layer,
                                     const at::Tensor& residual,
                                     const at::Tensor& activations) const {
  const RotaryTables rotary = MakeRotary(token_ids);
  const at::TensorOptions options = embedding_.options();
  ResidualStream stream((FindSite(hook).beside_stream ? residual : activations)
                            .to(options, /*non_blocking=*/false, /*copy=*/true));
  const at::Tensor out = activations.to(options);
  const LlamaBlock& block = blocks_[static_cast<std::size_t>(layer)];
  switch (hook) {
    case Hook::kResidPre:
      PassBlock(block, shape_, rotary, stream);
      break;
    case Hook::kAttnOut:
      stream.Add(out);
      stream.Add(at::linear(MlpActivation(block, shape_, stream), block.down));
      break;
    case Hook::kMlpAct:
      stream.Add(at::linear(out, block.down));
      break;
    case Hook::kMlpOut:
      stream.Add(out);
      break;
    case Hook::kResidPost:
      break;
  }
  for (std::int64_t i = layer + 1; i < config_.layers; ++i) {
    PassBlock(blocks_[static_cast<std::size_t>(i)], shape_, rotary, stream);
  }
  const at::Tensor logits = at::linear(stream.Normed(final_norm_, shape_.rms_norm_eps), output_);
  // The last position has no next token. The sum over the vocabulary is in fp32.
  const at::Tensor logs = logits.narrow(1, 0, token_ids.size(1) - 1).to(at::kFloat).log_softmax(-1);
  const at::Tensor next = token_ids.narrow(1, 1, token_ids.size(1) - 1).unsqueeze(-1);
  return logs.gather(-1, next).squeeze(-1).neg();
}

void LlamaModel::CheckLayer(std::int64_t layer) const {
  if (layer >= 0 && layer < loaded_) return;
  throw ConfigurationError(
      fmt::format("layer {} is not among the {} loaded (counted from 0)", layer, loaded_));
}

void LlamaModel::CheckAllLoaded() const {
  if (output_.defined()) return;
  throw ConfigurationError(
      fmt::format("logits need all {} layers; {} are loaded", config_.layers, loaded_));
}

void LlamaModel::CheckTokens(const at::Tensor& token_ids) const {
  if (token_ids.dim() != 2 || token_ids.scalar_type() != at::kLong || token_ids.numel() == 0) {
    throw ConfigurationError("token ids are not an int64 tensor [batch, context]");
  }
  if (token_ids.size(1) > config_.max_context) {
    throw ConfigurationError(fmt::format(
        "a context of {} tokens exceeds the model's {}", token_ids.size(1), config_.max_context));
  }
  // An id beyond the embedding would read other memory.
  const auto lowest = token_ids.min().item<std::int64_t>();
  const auto highest = token_ids.max().item<std::int64_t>();
  if (lowest < 0 || highest >= config_.vocabulary) {
    throw ConfigurationError(fmt::format("token id {} is not in the model's vocabulary of {}",
                                         lowest < 0 ? lowest : highest,
                                         config_.vocabulary));
  }
}

}  // namespace saelaw
