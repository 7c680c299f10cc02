// Contexts of unequal length go through the model in batches of nearly one length, padded at their
// ends. Vectors are put in their shuffled places as they come: the block is never in memory twice.
#include "activations/hooked_model.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/hooks.h"
#include "core/portions.h"
#include "models/check_weights.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

// Tokens of one on the CPU, at least: few, so that whoever asks to stop is soon answered.
constexpr std::int64_t kCpuTokens = 1024;
// Lengths are rounded up to a multiple of this: what libraries plan for a shape serves many.
constexpr std::int64_t kLengthUnit = 32;

Hook FindHook(const ModelSource& model) {
  const std::optional<Hook> hook = ParseHook(model.hook);
  if (hook) return *hook;
  throw ConfigurationError(fmt::format("there is no hook '{}': {}", model.hook, HookNames()));
}

// What can be known to be wrong before any text is read or weight loaded.
void Check(const ModelSource& model, const ModelConfig& config) {
  FindHook(model);
  if (model.layer < 0 || model.layer >= config.layers) {
    throw ConfigurationError(fmt::format(
        "{} has no layer {}: its layers are 0 to {}", model.model, model.layer, config.layers - 1));
  }
  if (model.context_tokens < 2 || model.context_tokens > config.max_context) {
    throw ConfigurationError(fmt::format("context_tokens is {}: {} allows 2 to {}",
                                         model.context_tokens,
                                         model.model,
                                         config.max_context));
  }
}

ModelConfig CheckedConfig(const ModelSource& model) {
  ModelConfig config = ReadModelConfig(model.model);
  Check(model, config);
  // Losses need the layers behind the hook as well, and a context that predicts something.
  const bool whole = model.spliced_contexts > 0 && model.context_tokens > 2;
  CheckWeights(model.model, config, {.layers = model.layer + 1, .whole = whole});
  return config;
}

Corpus OpenCorpus(const SourceSpec& spec, const SourceOptions& options) {
  return LoadCorpus(MakeCorpusSpec(spec), Tokenizer::Load(spec.model.model), options.cache_folder);
}

}  // namespace

HookedModel::HookedModel(const SourceSpec& spec, const SourceOptions& options)
    : config_(CheckedConfig(spec.model)),
      hook_(FindHook(spec.model)),
      layer_(spec.model.layer),
      corpus_(OpenCorpus(spec, options)),
      device_(options.device),
      type_(spec.model.precision == Precision::kBf16 ? at::kBFloat16 : at::kFloat),
      stop_(options.stop_requested),
      llama_(
          spec.model.model,
          layer_ + 1,
          spec.model.precision == Precision::kBf16 ? LlamaPrecision::kBf16 : LlamaPrecision::kFp32,
          device_) {}

// On the CPU a context for each thread at least, as each computes its own.
std::int64_t HookedModel::TokensTogether() const {
  const std::int64_t context = corpus_.context_tokens();
  if (!device_.is_cpu()) return portions::kGpuContexts * context;
  return std::max<std::int64_t>(
      {kCpuTokens / context * context, at::get_num_threads() * context, context});
}

std::vector<ForwardBatch> HookedModel::CutIntoBatches(const std::vector<Context>& contexts) const {
  std::vector<std::size_t> order(contexts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Neighbours in this order differ least in length, and the longest show at once whether memory
  // suffices.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return contexts[a].tokens > contexts[b].tokens;
  });
  const std::int64_t together = TokensTogether();
  std::vector<ForwardBatch> batches;
  for (std::size_t begin = 0; begin < order.size();) {
    const std::int64_t longest = contexts[order[begin]].tokens;
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, together / longest));
    const std::size_t count = std::min(most, order.size() - begin);
    batches.push_back(MakeBatch(contexts, std::span(order).subspan(begin, count)));
    begin += count;
  }
  return batches;
}

ForwardBatch HookedModel::MakeBatch(const std::vector<Context>& contexts,
                                    std::span<const std::size_t> places) const {
  const std::int64_t longest = contexts[places.front()].tokens;
  // A batch is never longer than a whole context: the model may not take more.
  const std::int64_t length = std::min<std::int64_t>(
      corpus_.context_tokens(), (longest + kLengthUnit - 1) / kLengthUnit * kLengthUnit);
  ForwardBatch batch;
  batch.contexts.assign(places.begin(), places.end());
  const at::Tensor ids = at::zeros({static_cast<std::int64_t>(places.size()), length}, at::kInt);
  auto* row = ids.data_ptr<std::int32_t>();
  batch.used_begin.push_back(0);
  std::int64_t first = 0;  // of the row, in the flat places
  for (const std::size_t place : places) {
    const Context& context = contexts[place];
    corpus_.CopyTokens(context, {row + first, static_cast<std::size_t>(context.tokens)});
    for (const std::int32_t position : corpus_.UsablePositions(context)) {
      batch.used.push_back(first + position);
    }
    batch.used_begin.push_back(static_cast<std::int64_t>(batch.used.size()));
    first += length;
  }
  batch.ids = ids.to(at::kLong);
  return batch;
}

at::Tensor HookedModel::Run(const std::vector<Context>& contexts,
                            const std::vector<std::int64_t>& rows,
                            const Told& told) const {
  const std::shared_lock reading(layers_);
  std::vector<std::int64_t> begins = {0};  // of each context's vectors
  for (const Context& context : contexts) begins.push_back(begins.back() + context.usable);
  const auto size = static_cast<std::int64_t>(rows.size());
  const at::Tensor placed = at::empty({size, d_in()}, at::dtype(type_).device(device_));
  std::int64_t done = 0;
  for (const ForwardBatch& batch : CutIntoBatches(contexts)) {
    StopIfAsked(stop_);
    if (told) told(done, size);
    std::vector<std::int64_t> place;
    for (const std::size_t i : batch.contexts) {
      place.insert(place.end(), rows.begin() + begins[i], rows.begin() + begins[i + 1]);
    }
    placed.index_copy_(0, at::tensor(place, at::kLong).to(device_), Forward(batch, contexts));
    done += static_cast<std::int64_t>(place.size());
  }
  return placed;
}

// [used, d_in], in the order of the batch's contexts.
at::Tensor HookedModel::Forward(const ForwardBatch& batch,
                                const std::vector<Context>& contexts) const {
  const at::Tensor hidden = Activations(batch.ids).flatten(0, 1);
  const at::Tensor used =
      hidden.index_select(0, at::tensor(batch.used, at::kLong).to(device_)).to(type_);
  CheckFinite(used, batch, contexts);
  return used;
}

void HookedModel::CheckFinite(const at::Tensor& vectors,
                              const ForwardBatch& batch,
                              const std::vector<Context>& contexts) const {
  const at::Tensor finite = at::isfinite(vectors).all(1);  // [used]
  if (finite.all().item<bool>()) return;
  // argmin gives the first row that is not finite.
  const auto row = finite.to(at::kByte).argmin().item<std::int64_t>();
  const auto after = std::upper_bound(batch.used_begin.begin(), batch.used_begin.end(), row);
  const auto in_batch = static_cast<std::size_t>(after - batch.used_begin.begin() - 1);
  const Context& context = contexts[batch.contexts[in_batch]];
  const std::int64_t begin =
      context.begin - corpus_.document_begins()[static_cast<std::size_t>(context.document)];
  throw IoError(fmt::format(
      "activations of {} of layer {} are not finite in the context that begins at token {} of "
      "document {} (counted from 0)",
      HookName(hook_),
      layer_,
      begin,
      context.document));
}

}  // namespace saelaw
