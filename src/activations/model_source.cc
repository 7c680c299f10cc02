#include "activations/model_source.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "activations/block_stream.h"
#include "activations/random.h"
#include "activations/vector_cache.h"
#include "llm/llama.h"
#include "run/errors.h"
#include "tokens/corpus.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

constexpr std::int64_t kBlockTokens = 32'768;  // 256 MiB at d_in 2048
// Contexts of one forward pass on a GPU: enough for the matrix products, few for the memory.
constexpr std::int64_t kGpuContexts = 16;
// Tokens of one on the CPU, at least: few, so that whoever asks to stop is soon answered.
constexpr std::int64_t kCpuTokens = 1024;
// What a seed is for. Do not change.
enum : std::uint64_t { kOrderOfContexts = 20, kInsideBlock = 21 };

Hook HookOf(const ModelSource& model) {
  const std::optional<Hook> hook = ParseHook(model.hook);
  if (hook) return *hook;
  throw ConfigurationError(
      fmt::format("there is no hook '{}': mlp_out, mlp_act or resid_post", model.hook));
}

// What can be known to be wrong before any text is read or weight loaded.
void Check(const ModelSource& model, const LlamaConfig& config) {
  HookOf(model);
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

LlamaConfig CheckedConfig(const ModelSource& model) {
  LlamaConfig config = ReadLlamaConfig(model.model);
  Check(model, config);
  return config;
}

Corpus OpenCorpus(const SourceSpec& spec, const SourceOptions& options) {
  return LoadCorpus(CorpusSpecOf(spec), Tokenizer::Load(spec.model.model), options.cache_folder);
}

using Told = std::function<void(std::int64_t, std::int64_t)>;

// How far a block is that another thread computes, for the thread that waits for it.
class Count {
 public:
  void Set(std::int64_t done, std::int64_t total) {
    total_ = total;
    done_ = done;
  }
  void Tell(const Told& told) const {
    if (told && total_ > 0) told(done_, total_);
  }

 private:
  std::atomic<std::int64_t> done_ = 0, total_ = 0;
};

// Contexts of a corpus through a language model up to a hook.
class HookedModel {
 public:
  HookedModel(const SourceSpec& spec, const SourceOptions& options)
      : config_(CheckedConfig(spec.model)),
        hook_(HookOf(spec.model)),
        layer_(spec.model.layer),
        corpus_(OpenCorpus(spec, options)),
        device_(options.device),
        type_(spec.model.precision == Precision::kBf16 ? at::kBFloat16 : at::kFloat),
        stop_(options.stop_requested),
        llama_(spec.model.model,
               layer_ + 1,
               spec.model.precision == Precision::kBf16 ? LlamaPrecision::kBf16
                                                        : LlamaPrecision::kFp32,
               device_) {}

  const Corpus& corpus() const { return corpus_; }
  std::int64_t d_in() const { return HookWidth(config_, hook_); }
  // While no block is computed: that reads the layers that are there.
  void LoadAll() {
    const std::unique_lock alone(layers_);
    llama_.LoadAll();
  }
  // Of each context: all but the first, an attention sink.
  std::int64_t usable_tokens() const { return corpus_.context_tokens() - 1; }

  at::Device device() const { return device_; }

  // [contexts · usable_tokens, d_in], on the device; vector i stands in row rows[i]. In the model's
  // own precision, which takes half the memory of fp32 where that is bf16. `told` is as
  // SourceOptions::on_reading, and called by this thread.
  at::Tensor Run(const std::vector<Context>& contexts,
                 const std::vector<std::int64_t>& rows,
                 const Told& told) const {
    const std::shared_lock reading(layers_);
    const auto size = static_cast<std::int64_t>(rows.size());
    const at::Tensor placed = at::empty({size, d_in()}, at::dtype(type_).device(device_));
    const at::Tensor place = at::tensor(rows, at::kLong).to(device_);
    std::int64_t done = 0;
    const std::size_t together = ContextsTogether();
    for (std::size_t begin = 0; begin < contexts.size(); begin += together) {
      StopIfAsked(stop_);
      if (told) told(done, size);
      const std::size_t count = std::min(together, contexts.size() - begin);
      const at::Tensor vectors = Forward(std::span(contexts).subspan(begin, count)).to(type_);
      placed.index_copy_(0, place.narrow(0, done, vectors.size(0)), vectors);
      done += vectors.size(0);
    }
    return placed;
  }

  // int64 [contexts, context_tokens]
  at::Tensor Ids(std::span<const Context> contexts) const {
    const auto count = static_cast<std::int64_t>(contexts.size());
    const std::int64_t length = corpus_.context_tokens();
    const at::Tensor ids = at::empty({count, length}, at::kInt);
    for (std::int64_t i = 0; i < count; ++i) {
      corpus_.CopyTokens(
          contexts[static_cast<std::size_t>(i)],
          {ids.data_ptr<std::int32_t>() + i * length, static_cast<std::size_t>(length)});
    }
    return ids.to(at::kLong);
  }

  // [contexts, context_tokens, d_in], fp32, of Ids(contexts). `residual` as LlamaModel's.
  at::Tensor Activations(const at::Tensor& ids, at::Tensor* residual = nullptr) const {
    return llama_.Activations(ids, hook_, layer_, stop_, residual);
  }

  // [contexts, context_tokens - 1]: of each next token, with `activations` in the hook's place.
  at::Tensor Losses(const at::Tensor& ids,
                    const at::Tensor& residual,
                    const at::Tensor& activations) const {
    return llama_.NextTokenLosses(ids, hook_, layer_, residual, activations);
  }

  // At least one for each thread, as each computes its own.
  std::size_t ContextsTogether() const {
    if (!device_.is_cpu()) return static_cast<std::size_t>(kGpuContexts);
    const std::int64_t enough = kCpuTokens / corpus_.context_tokens();
    return static_cast<std::size_t>(std::max<std::int64_t>({enough, at::get_num_threads(), 1}));
  }

 private:
  // [contexts · usable_tokens, d_in]
  at::Tensor Forward(std::span<const Context> contexts) const {
    const auto count = static_cast<std::int64_t>(contexts.size());
    const at::Tensor hidden = Activations(Ids(contexts));
    const at::Tensor usable = hidden.narrow(1, 1, usable_tokens());
    CheckFinite(usable, contexts);
    return usable.reshape({count * usable_tokens(), d_in()});
  }

  // vectors: [contexts, usable_tokens, d_in]
  void CheckFinite(const at::Tensor& vectors, std::span<const Context> contexts) const {
    const at::Tensor finite = at::isfinite(vectors).flatten(1).all(1).cpu();  // [contexts]
    if (finite.all().item<bool>()) return;
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      if (finite[static_cast<std::int64_t>(i)].item<bool>()) continue;
      const std::int64_t document = contexts[i].document;
      const std::int64_t begin =
          contexts[i].begin - corpus_.document_begins()[static_cast<std::size_t>(document)];
      throw IoError(fmt::format(
          "activations of {} of layer {} are not finite in the context that begins at token {} of "
          "document {} (counted from 0)",
          HookName(hook_),
          layer_,
          begin,
          document));
    }
  }

  LlamaConfig config_;
  Hook hook_;
  std::int64_t layer_;
  Corpus corpus_;
  at::Device device_;
  at::ScalarType type_;  // of the vectors
  StopCheck stop_;
  LlamaModel llama_;
  mutable std::shared_mutex layers_;  // of llama_
};

class Reader : public BlockReader {
 public:
  Reader(const HookedModel& model, std::uint64_t stream_seed, std::size_t block_contexts, Told told)
      : model_(model),
        told_(std::move(told)),
        stream_seed_(stream_seed),
        block_contexts_(block_contexts),
        order_(Permutation(static_cast<std::int64_t>(model.corpus().training_contexts().size()),
                           MixSeeds({stream_seed, kOrderOfContexts}))) {}

  at::Tensor Read(std::int64_t index) override {
    const std::size_t begin = static_cast<std::size_t>(index) * block_contexts_;
    const std::size_t end = std::min(begin + block_contexts_, order_.size());
    std::vector<Context> contexts;
    for (std::size_t i = begin; i < end; ++i) {
      contexts.push_back(model_.corpus().training_contexts()[static_cast<std::size_t>(order_[i])]);
    }
    const auto tokens = static_cast<std::int64_t>(contexts.size()) * model_.usable_tokens();
    const std::uint64_t seed =
        MixSeeds({stream_seed_, kInsideBlock, static_cast<std::uint64_t>(index)});
    return model_.Run(contexts, Permutation(tokens, seed), told_);
  }

 private:
  const HookedModel& model_;
  Told told_;
  std::uint64_t stream_seed_;
  std::size_t block_contexts_;
  std::vector<std::int64_t> order_;  // of the training contexts
};

// Keeps what the model had computed when it came to the hook, so that it goes on from there.
class SplicedContexts : public SplicedModel {
 public:
  SplicedContexts(const HookedModel& model, std::span<const Context> contexts)
      : model_(model),
        ids_(model.Ids(contexts)),
        activations_(model.Activations(ids_, &residual_)) {}

  double CrossEntropy(const Replacement& replacement) const override {
    const std::int64_t contexts = ids_.size(0);
    const auto together = static_cast<std::int64_t>(model_.ContextsTogether());
    double sum = 0;
    for (std::int64_t first = 0; first < contexts; first += together) {
      sum += LossesOf(first, std::min(together, contexts - first), replacement);
    }
    return sum / static_cast<double>(contexts * (ids_.size(1) - 2));
  }

 private:
  // Their sum over `count` contexts from `first` on.
  double LossesOf(std::int64_t first, std::int64_t count, const Replacement& replacement) const {
    const auto part = [&](const at::Tensor& all) { return all.narrow(0, first, count); };
    const at::Tensor activations = part(activations_).clone();
    const at::Tensor usable = activations.narrow(1, 1, activations.size(1) - 1);
    usable.copy_(replacement(usable.flatten(0, 1)).view(usable.sizes()));
    const at::Tensor residual = residual_.defined() ? part(residual_) : residual_;
    const at::Tensor losses = model_.Losses(part(ids_), residual, activations);
    // From the first position, which is not spliced, nothing is predicted here.
    return losses.narrow(1, 1, losses.size(1) - 1).sum(at::kDouble).item<double>();
  }

  const HookedModel& model_;
  at::Tensor ids_;
  at::Tensor residual_;     // [contexts, context_tokens, hidden_size]; undefined if not needed
  at::Tensor activations_;  // [contexts, context_tokens, d_in]
};

class Source : public ActivationSource {
 public:
  // A GPU computes vectors faster than a disk takes them.
  Source(const SourceSpec& spec, const SourceOptions& options)
      : held_out_tokens_(spec.held_out_tokens),
        spliced_contexts_(static_cast<std::size_t>(spec.model.spliced_contexts)),
        options_(options),
        model_(spec, options),
        cache_(
            options.cache_folder, model_.device().is_cpu() ? options.vector_cache_bytes : 0, spec) {
  }

  std::int64_t d_in() const override { return model_.d_in(); }
  std::int64_t training_tokens() const override { return model_.corpus().usable_training_tokens(); }
  std::string TextIdentity() const override { return model_.corpus().Identity(); }

  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t stream_seed,
                                               std::int64_t batch_tokens,
                                               std::int64_t first_batch) override {
    const std::int64_t contexts = std::max<std::int64_t>(1, kBlockTokens / model_.usable_tokens());
    return OpenBlockStream(
        OpenReader(stream_seed, contexts),
        {contexts * model_.usable_tokens(), training_tokens(), "the text", model_.device()},
        batch_tokens,
        first_batch);
  }

  const at::Tensor& HeldOut() override {
    if (!held_out_.defined()) held_out_ = CachedHeldOut().to(at::kFloat);
    return held_out_;
  }

  const SplicedModel* Spliced() override {
    if (model_.usable_tokens() < 2 || spliced_contexts_ == 0) return nullptr;
    if (!spliced_) {
      model_.LoadAll();
      const std::span<const Context> contexts(model_.corpus().held_out_contexts());
      spliced_ = std::make_unique<SplicedContexts>(
          model_, contexts.first(std::min(spliced_contexts_, contexts.size())));
    }
    return spliced_.get();
  }

 private:
  at::Tensor CachedHeldOut() const {
    const std::string name = "held-out";
    if (const std::optional<at::Tensor> kept = cache_.Find(name)) return *kept;
    at::Tensor vectors = RunHeldOut();
    cache_.Keep(name, vectors);
    return vectors;
  }

  // On a GPU one block ahead.
  std::unique_ptr<BlockReader> OpenReader(std::uint64_t stream_seed, std::int64_t contexts) const {
    const auto block_contexts = static_cast<std::size_t>(contexts);
    if (model_.device().is_cpu()) {
      auto reader =
          std::make_unique<Reader>(model_, stream_seed, block_contexts, options_.on_reading);
      return Cached(std::move(reader), cache_, stream_seed);
    }
    const auto count = std::make_shared<Count>();
    const auto all = static_cast<std::int64_t>(model_.corpus().training_contexts().size());
    AheadOptions ahead;
    ahead.stop = options_.stop_requested;
    ahead.waiting = [count, told = options_.on_reading] { count->Tell(told); };
    ahead.queue = NewDeviceQueue(model_.device());
    return ReadAhead(std::make_unique<Reader>(model_,
                                              stream_seed,
                                              block_contexts,
                                              [count](std::int64_t done, std::int64_t total) {
                                                count->Set(done, total);
                                              }),
                     (all + contexts - 1) / contexts,
                     std::move(ahead));
  }

  at::Tensor RunHeldOut() const {
    const std::int64_t needed =
        (held_out_tokens_ + model_.usable_tokens() - 1) / model_.usable_tokens();
    std::vector<Context> contexts = model_.corpus().held_out_contexts();
    contexts.resize(static_cast<std::size_t>(needed));
    std::vector<std::int64_t> rows(static_cast<std::size_t>(needed * model_.usable_tokens()));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
    return model_.Run(contexts, rows, options_.on_reading).narrow(0, 0, held_out_tokens_);
  }

  std::int64_t held_out_tokens_;
  std::size_t spliced_contexts_;
  SourceOptions options_;
  HookedModel model_;
  VectorCache cache_;
  at::Tensor held_out_;
  std::unique_ptr<SplicedModel> spliced_;
};

}  // namespace

std::unique_ptr<ActivationSource> OpenModel(const SourceSpec& spec, const SourceOptions& options) {
  return std::make_unique<Source>(spec, options);
}

}  // namespace saelaw
