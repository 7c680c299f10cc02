// Where activation vectors come from: one interface over synthetic, shards and language model.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "jobs/job.h"
#include "llm/stop.h"

namespace saelaw {

// An endless or finite sequence of training batches. Batch i is a pure function of (source, split,
// batch_tokens, stream_seed) and i, never of timing or of where the stream was opened.
class ActivationStream {
 public:
  virtual ~ActivationStream() = default;
  // The next batch, raw (not scaled): [batch_tokens, d_in], fp32, on the source's device. Throws
  // ConfigurationError when the text has no more tokens (it says how many there are): data is
  // never repeated. Throws IoError when a vector is not finite, and Stopped when a stop was asked
  // for: the stream is then of no further use.
  virtual at::Tensor Next() = 0;
};

// The held-out vectors, and where the vectors of each document begin among them.
struct HeldOutVectors {
  at::Tensor x;                      // [tokens, d_in], fp32, raw, on the device
  std::vector<std::int64_t> begins;  // documents + 1 values, ascending from 0 to tokens
};
// Of a source without documents: `tokens` vectors in equal blocks, as many as `most`, each as good
// as a document.
std::vector<std::int64_t> CutIntoBlocks(std::int64_t tokens, std::int64_t most = 64);

// What is predicted from the spliced positions of one document.
struct SplicedDocument {
  double sum = 0;           // of the cross-entropies of its next tokens, nats
  std::int64_t tokens = 0;  // how many these are
};

// The language model of a source with other vectors in the place of the hook's, on held-out
// contexts, ModelSource::spliced_contexts of them or all that there are, of as many documents as
// possible. Positions that are never used (Corpus::UsablePositions) keep their own.
class SplicedModel {
 public:
  // What stands in the place of the hook's own vectors: both raw, [n, d_in], fp32, on the device.
  using Replacement = std::function<at::Tensor(const at::Tensor& vectors)>;

  virtual ~SplicedModel() = default;
  // Cross-entropies of the next token, by document. The replacement is asked for a few contexts at
  // a time.
  virtual std::vector<SplicedDocument> CrossEntropies(const Replacement& replacement) const = 0;
  // Of a model that knows nothing: the logarithm of the vocabulary's size, nats.
  virtual double UniformCrossEntropy() const = 0;
};

// Outlives the streams that it opens.
class ActivationSource {
 public:
  virtual ~ActivationSource() = default;
  virtual std::int64_t d_in() const = 0;
  // Usable training tokens; -1 when endless.
  virtual std::int64_t training_tokens() const = 0;
  // The stream from batch `first_batch` on.
  virtual std::unique_ptr<ActivationStream> OpenStream(std::uint64_t stream_seed,
                                                       std::int64_t batch_tokens,
                                                       std::int64_t first_batch) = 0;
  // The held-out vectors, at least SourceSpec::held_out_tokens less outliers; computed at the first
  // call. Never part of any training stream. Throws as Next does.
  virtual const HeldOutVectors& HeldOut() = 0;
  // The language model with the layers after the hook, loaded at the first call; null when the
  // source is none, its spec's spliced_contexts are 0, or its contexts are too short to predict
  // from. The source's own.
  virtual const SplicedModel* Spliced() { return nullptr; }
  // Corpus::Identity() of the text that was loaded; empty where the source has none.
  virtual std::string TextIdentity() const { return ""; }
};

struct SourceOptions {
  std::string device = "cpu";
  std::string cache_folder;       // tokenised corpora, vectors; empty: none is kept
  double vector_cache_bytes = 0;  // of a language model's vectors on a CPU; 0: none is kept
  // Vectors with a larger norm are left out (Measurement::largest_norm); 0: none is.
  double largest_norm = 0;
  StopCheck stop_requested{};
  // Told, by the thread that asked for them and waits, how many of how many vectors that are
  // computed together are ready.
  std::function<void(std::int64_t, std::int64_t)> on_reading{};
};

// Opens what `spec` names, checked. Throws ConfigurationError (a hook or layer that does not exist,
// text too short) or IoError (missing or damaged files).
std::unique_ptr<ActivationSource> OpenSource(const SourceSpec& spec, const SourceOptions& options);

// Measures the scale on the first normalisation_tokens of the training stream of stream_seed 0, and
// on the held-out set how alike the vectors of one document are. `source` was opened without a
// largest norm, which this finds out. Throws ConfigurationError for activations of zero variance,
// IoError for vectors that are not finite.
Measurement Measure(const SourceSpec& spec, ActivationSource& source);

// Measures how well the language model predicts the held-out text by itself, where the source is
// one whose loss is measured: wrong weights, a wrong tokenizer or unscaled positions show there.
void MeasureLanguageModel(ActivationSource& source, Measurement& measurement);

// Writes `capture.tokens` vectors in stream order (stream_seed 0), and the held-out set, as shards
// with a manifest (model hash, hook, layer, tokens, scale, dtype). Continues what an earlier
// capture into the same folder left. `progress` is told the tokens written.
void Capture(const SourceSpec& spec,
             ActivationSource& source,
             const CaptureSpec& capture,
             const std::function<void(std::int64_t)>& progress);

}  // namespace saelaw
