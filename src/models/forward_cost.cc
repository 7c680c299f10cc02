#include "models/forward_cost.h"

#include <algorithm>
#include <optional>

#include "core/hooks.h"
#include "core/portions.h"

namespace saelaw {
namespace {

using namespace portions;

constexpr double kFp32 = 4, kBf16 = 2;

double BytesEach(Precision precision) { return precision == Precision::kBf16 ? kBf16 : kFp32; }

double AttentionWeights(const ModelShape& model) {
  const auto hidden = static_cast<double>(model.hidden_size);
  const auto queries = static_cast<double>(model.heads * model.head_dim);
  const auto keys = static_cast<double>(model.kv_heads * model.head_dim);
  return 2 * hidden * queries + 2 * hidden * keys;
}

double MlpWeights(const ModelShape& model) {
  const auto hidden = static_cast<double>(model.hidden_size);
  return 3 * hidden * static_cast<double>(model.intermediate_size);
}

// The arrays of a block's forward pass that live at once: the residual stream, its normed copy in
// fp32 and in the model's type, queries, keys and values three times, and the gated MLP's three.
double ForwardBytes(const ModelSource& source, const ModelShape& model) {
  const auto hidden = static_cast<double>(model.hidden_size);
  const auto heads = static_cast<double>((model.heads + 2 * model.kv_heads) * model.head_dim);
  const auto mlp = static_cast<double>(model.intermediate_size);
  const double token =
      BytesEach(source.precision) * (3 * hidden + 3 * heads + 3 * mlp) + kFp32 * hidden;
  return static_cast<double>(kGpuContexts * source.context_tokens) * token;
}

// Own kernels multiply by the output in tiles; LibTorch has logits in the model's type, and twice
// in fp32, of as many tokens as it takes together (llm/llama.cc).
double LogitsBytes(const ModelSource& source, const ModelShape& model, bool on_gpu) {
  if (!on_gpu && source.precision == Precision::kBf16) return 0;
  const auto tokens =
      static_cast<double>(std::min(kTokensPerPass, kGpuContexts * source.context_tokens));
  return tokens * static_cast<double>(model.vocabulary) * (BytesEach(source.precision) + 2 * kFp32);
}

}  // namespace

double HalfForwardFlops(const ModelShape& model, double tokens) {
  return static_cast<double>(model.parameters) * tokens;
}

double ForwardFlops(const ModelShape& model, const ModelSource& source, double tokens) {
  const double attention = AttentionWeights(model), mlp = MlpWeights(model);
  const std::optional<Hook> hook = ParseHook(source.hook);
  const BlockPart part = hook ? FindSite(*hook).computed : BlockPart::kWhole;
  if (part == BlockPart::kWhole) return 2 * (attention + mlp) * (source.layer + 1) * tokens;
  const double before = (attention + mlp) * source.layer;
  return 2 * (before + (part == BlockPart::kAttention ? attention : 0)) * tokens;
}

double LanguageModelBytes(const ModelSource& source, const ModelShape& model, bool on_gpu) {
  // All layers: the spliced loss, measured when the first run ends, needs those after the hook.
  const double weights = static_cast<double>(model.parameters) * BytesEach(source.precision);
  return weights + std::max(ForwardBytes(source, model), LogitsBytes(source, model, on_gpu));
}

}  // namespace saelaw
