// The source is a permutation of contexts, cut into blocks whose sizes are known from the ids
// alone. So every place of a stream is found by arithmetic, and only the blocks that are read are
// ever computed.
#include "activations/model_source.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "activations/block_stream.h"
#include "activations/hooked_model.h"
#include "activations/outliers.h"
#include "activations/vector_cache.h"
#include "core/random.h"

namespace saelaw {
namespace {

// What a seed is for. Do not change.
enum : std::uint64_t { kOrderOfContexts = 20, kInsideBlock = 21 };

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

// The training contexts in the order of one stream, in blocks.
struct Blocks {
  std::vector<std::int64_t> order;          // of the contexts
  std::vector<std::size_t> context_begins;  // of each block, in `order`; blocks + 1 values
  std::vector<std::int64_t> token_begins;   // likewise, in the stream
};

// Each block takes contexts until it has `mixing_tokens`, the last what is left.
Blocks DivideIntoBlocks(const Corpus& corpus,
                        std::uint64_t stream_seed,
                        std::int64_t mixing_tokens) {
  const std::vector<Context>& contexts = corpus.training_contexts();
  Blocks blocks;
  blocks.order = Permutation(static_cast<std::int64_t>(contexts.size()),
                             MixSeeds({stream_seed, kOrderOfContexts}));
  blocks.context_begins.push_back(0);
  blocks.token_begins.push_back(0);
  std::int64_t tokens = 0;
  for (std::size_t i = 0; i < blocks.order.size(); ++i) {
    tokens += contexts[static_cast<std::size_t>(blocks.order[i])].usable;
    const bool full = tokens - blocks.token_begins.back() >= mixing_tokens;
    if (!full && i + 1 < blocks.order.size()) continue;
    blocks.context_begins.push_back(i + 1);
    blocks.token_begins.push_back(tokens);
  }
  return blocks;
}

class Reader : public BlockReader {
 public:
  Reader(const HookedModel& model, std::uint64_t stream_seed, Blocks blocks, Told told)
      : model_(model),
        told_(std::move(told)),
        stream_seed_(stream_seed),
        blocks_(std::move(blocks)) {}

  at::Tensor Read(std::int64_t index) override {
    const auto block = static_cast<std::size_t>(index);
    std::vector<Context> contexts;
    for (std::size_t i = blocks_.context_begins[block]; i < blocks_.context_begins[block + 1];
         ++i) {
      const auto place = static_cast<std::size_t>(blocks_.order[i]);
      contexts.push_back(model_.corpus().training_contexts()[place]);
    }
    const std::int64_t tokens = blocks_.token_begins[block + 1] - blocks_.token_begins[block];
    const std::uint64_t seed =
        MixSeeds({stream_seed_, kInsideBlock, static_cast<std::uint64_t>(index)});
    return model_.Run(contexts, Permutation(tokens, seed), told_);
  }

 private:
  const HookedModel& model_;
  Told told_;
  std::uint64_t stream_seed_;
  Blocks blocks_;
};

// Keeps what the model had computed when it came to the hook, so that it goes on from there.
class SplicedContexts : public SplicedModel {
 public:
  SplicedContexts(const HookedModel& model, const std::vector<Context>& contexts) : model_(model) {
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      if (i == 0 || contexts[i].document != contexts[i - 1].document) documents_ += 1;
      document_.push_back(documents_ - 1);
      tokens_.push_back(contexts[i].tokens);
    }
    for (ForwardBatch& batch : model.CutIntoBatches(contexts)) {
      Part part;
      part.activations = model.Activations(batch.ids, &part.residual);
      part.batch = std::move(batch);
      parts_.push_back(std::move(part));
    }
  }

  std::vector<SplicedDocument> CrossEntropies(const Replacement& replacement) const override {
    std::vector<SplicedDocument> documents(documents_);
    for (const Part& part : parts_) AddLosses(part, replacement, documents);
    return documents;
  }

  double UniformCrossEntropy() const override {
    return std::log(static_cast<double>(model_.vocabulary()));
  }

 private:
  struct Part {
    ForwardBatch batch;
    at::Tensor activations;  // [contexts, length, d_in]
    at::Tensor residual;     // [contexts, length, hidden_size]; undefined if not needed
  };

  void AddLosses(const Part& part,
                 const Replacement& replacement,
                 std::vector<SplicedDocument>& documents) const {
    const ForwardBatch& batch = part.batch;
    const at::Tensor activations = part.activations.clone();
    const at::Tensor flat = activations.flatten(0, 1);
    const at::Tensor used = at::tensor(batch.used, at::kLong).to(flat.device());
    flat.index_copy_(0, used, replacement(flat.index_select(0, used)));
    const at::Tensor losses =
        model_.Losses(batch.ids, part.residual, activations).to(at::kCPU, at::kDouble).contiguous();
    const double* loss = losses.const_data_ptr<double>();
    const std::int64_t length = batch.ids.size(1);
    for (std::size_t i = 0; i < batch.contexts.size(); ++i) {
      // A loss belongs to the position that predicts, and counts where that position was replaced.
      SplicedDocument& document = documents[document_[batch.contexts[i]]];
      for (std::int64_t k = batch.used_begin[i]; k < batch.used_begin[i + 1]; ++k) {
        const std::int64_t position = batch.used[static_cast<std::size_t>(k)] % length;
        if (position + 1 >= tokens_[batch.contexts[i]]) continue;  // nothing comes after it
        document.sum += loss[static_cast<std::int64_t>(i) * (length - 1) + position];
        document.tokens += 1;
      }
    }
  }

  const HookedModel& model_;
  std::vector<std::size_t> document_;  // of each context, counted from 0
  std::vector<std::int64_t> tokens_;   // of each context
  std::size_t documents_ = 0;
  std::vector<Part> parts_;
};

class Source : public ActivationSource {
 public:
  // A GPU computes vectors faster than a disk takes them.
  Source(const SourceSpec& spec, const SourceOptions& options)
      : spec_(spec),
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
    const std::int64_t mixing = MixingTokens(spec_.model, batch_tokens);
    Blocks blocks = DivideIntoBlocks(model_.corpus(), stream_seed, mixing);
    BlockLayout layout{0, training_tokens(), "the text", model_.device(), blocks.token_begins};
    return OpenBlockStream(OpenReader(stream_seed, mixing, std::move(blocks)),
                           std::move(layout),
                           batch_tokens,
                           first_batch);
  }

  const HeldOutVectors& HeldOut() override {
    if (held_out_.x.defined()) return held_out_;
    held_out_.x = CachedHeldOut().to(at::kFloat);
    held_out_.begins = {0};
    const std::vector<Context>& contexts = model_.corpus().held_out_contexts();
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      const bool begins = i > 0 && contexts[i].document != contexts[i - 1].document;
      if (begins) held_out_.begins.push_back(held_out_.begins.back());
      if (held_out_.begins.size() == 1) held_out_.begins.push_back(0);
      held_out_.begins.back() += contexts[i].usable;
    }
    held_out_ = WithoutOutliers(std::move(held_out_), options_.largest_norm);
    return held_out_;
  }

  const SplicedModel* Spliced() override {
    const auto wanted = static_cast<std::size_t>(spec_.model.spliced_contexts);
    if (spec_.model.context_tokens < 3 || wanted == 0) return nullptr;
    if (!spliced_) {
      model_.LoadAll();
      spliced_ = std::make_unique<SplicedContexts>(model_, model_.corpus().HeldOutSample(wanted));
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
  std::unique_ptr<BlockReader> OpenReader(std::uint64_t stream_seed,
                                          std::int64_t mixing,
                                          Blocks blocks) const {
    const auto count = static_cast<std::int64_t>(blocks.token_begins.size()) - 1;
    if (model_.device().is_cpu()) {
      auto reader =
          std::make_unique<Reader>(model_, stream_seed, std::move(blocks), options_.on_reading);
      const std::string name = fmt::format("{}-{}", stream_seed, mixing);
      return WithoutOutliers(Cached(std::move(reader), cache_, name), options_.largest_norm);
    }
    const auto done = std::make_shared<Count>();
    AheadOptions ahead;
    ahead.stop = options_.stop_requested;
    ahead.waiting = [done, told = options_.on_reading] { done->Tell(told); };
    ahead.queue = NewDeviceQueue(model_.device());
    auto reader = std::make_unique<Reader>(
        model_, stream_seed, std::move(blocks), [done](std::int64_t now, std::int64_t total) {
          done->Set(now, total);
        });
    return ReadAhead(
        WithoutOutliers(std::move(reader), options_.largest_norm), count, std::move(ahead));
  }

  at::Tensor RunHeldOut() const {
    const std::vector<Context>& contexts = model_.corpus().held_out_contexts();
    std::vector<std::int64_t> rows(
        static_cast<std::size_t>(model_.corpus().usable_held_out_tokens()));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
    return model_.Run(contexts, rows, options_.on_reading);
  }

  SourceSpec spec_;
  SourceOptions options_;
  HookedModel model_;
  VectorCache cache_;
  HeldOutVectors held_out_;
  std::unique_ptr<SplicedModel> spliced_;
};

}  // namespace

std::unique_ptr<ActivationSource> OpenModel(const SourceSpec& spec, const SourceOptions& options) {
  return std::make_unique<Source>(spec, options);
}

}  // namespace saelaw
