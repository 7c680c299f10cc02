// A run: everything that is meant to determine its numbers, and nothing else. How each field is
// written, stored and hashed says the table of core/spec_fields.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

// Raised, with a line in CHANGELOG.md, when the same spec begins to give other numbers beyond
// rounding; tests/train/numeric_version_test.cc guards it. Part of every run's name.
inline constexpr int kNumericVersion = 2;

enum class SourceKind { kSynthetic, kShards, kModel };
enum class Precision { kFp32, kBf16 };
enum class ThresholdParametrisation { kRaw, kLog };
enum class Schedule { kCosine, kConstant, kWarmupStableDecay };
enum class SparsityRule { kCoefficient, kTargetL0 };
// What becomes of documents, and ends of documents, that are shorter than a context: each is a
// context of its own length (its tokens see nothing else), or is not used.
enum class ShortDocuments { kKeep, kDrop };
enum class BiasStart { kAuto, kMean, kZeros };
// What decides which latents are active; core/architecture_traits.h says what each has. JumpReLU: a
// trained threshold of each latent. TopK: the largest pre-activations of each token. BatchTopK: the
// largest of a whole batch.
enum class SaeArchitecture { kJumpRelu, kTopK, kBatchTopK };
// What is done for latents that have been silent for dead_after_tokens. AuxK: they predict the
// error that the others leave (Gao et al. 2024, arXiv 2406.04093, appendix A.2). Resample: they
// begin anew at badly reconstructed inputs (Bricken et al. 2023, "Towards Monosemanticity").
// PreActs: what their pre-activations lack to their thresholds is a loss (Anthropic, Circuits
// Updates January 2025).
enum class DeadLatents { kNone, kAuxK, kResample, kPreActs };
// What an active latent costs: L0: the same, whatever it is. Tanh: tanh(tanh_scale·latent), which
// gives pre-activations a gradient (Anthropic, Circuits Updates January 2025).
enum class PenaltyShape { kL0, kTanh };

// Sparse combinations of a known dictionary of unit vectors, endless and seeded.
struct SyntheticSource {
  std::int64_t d_in = 64;
  std::int64_t dictionary_size = 256;
  double active_latents = 8;        // expected number active in one vector
  double frequency_exponent = 0.5;  // latent i fires with probability ∝ (i+1)^-frequency_exponent
  double noise_sd = 0.05;           // Gaussian noise, norm relative to the mean vector norm
  std::uint64_t dictionary_seed = 0;
};

// Stored in run names by its absence: do not change.
inline constexpr int kDefaultSplicedContexts = 64;

// Times the median norm. Vectors of text reach 4 at an MLP's output, massive ones 80 to 150.
inline constexpr double kDefaultOutlierNorm = 10;

// The hidden states of a language model over text. Layers are counted from 0.
struct ModelSource {
  std::string model;              // path: HF folder or GGUF file (not hashed, its content is)
  std::vector<std::string> text;  // files, folders or patterns
  std::string text_key = "text";  // of JSON files: what holds the text (not hashed, the ids are)
  std::vector<std::string> token_files;            // .npy or .bin of token ids, instead of text
  std::string token_dtype;                         // of .bin files: u16 or u32
  std::optional<std::int32_t> document_separator;  // the id that ends a document in token files
  // Whether each context begins with bos; nothing: as the tokenizer says. Not hashed, the token ids
  // that it makes are.
  std::optional<bool> add_bos;
  std::string hook = "mlp_out";  // a name of core/hooks.h
  int layer = 0;
  int context_tokens = 256;  // the first token of each context is an attention sink: never used
  Precision precision = Precision::kBf16;  // of the language model's forward pass
  ShortDocuments short_documents = ShortDocuments::kKeep;
  // That losses are measured on, at least, where the text has five times as many.
  std::int64_t held_out_documents = 64;
  // Of the stream, shuffled together; 0: as many as MixingTokens says.
  std::int64_t mixing_tokens = 0;
  // Held-out contexts on which the language model's own loss is measured with the SAE in its place,
  // of as many documents; 0: it is not.
  int spliced_contexts = kDefaultSplicedContexts;
};

// Tokens of the stream that are shuffled together: ModelSource::mixing_tokens, or as many as hold
// 160 contexts and 32 batches. The tokens of one context resemble each other, and too few contexts
// in a batch make it worth less than its size.
std::int64_t MixingTokens(const ModelSource& source, std::int64_t batch_tokens);
// Hashes of what SourceSpec::identity is made of, so that a change can be named. What a kind of
// source does not have, or nobody looked at, is empty.
struct DataParts {
  std::string weights;        // of a language model's tensors
  std::string configuration;  // of what its configuration says, where a forward pass depends on it
  std::string tokenizer;      // not part of the identity: the token ids are
  std::string text;           // token ids, documents, contexts and split
  std::string shards;         // of the manifest of captured activations
  bool operator==(const DataParts&) const = default;
};

struct SourceSpec {
  SourceKind kind = SourceKind::kSynthetic;
  SyntheticSource synthetic;
  ModelSource model;
  std::string shards;  // a folder written by `saelaw capture`
  std::int64_t d_in = 0;
  std::int64_t held_out_tokens = 16384;
  std::int64_t normalisation_tokens = 65536;  // the scale is measured on this many, from the front
  bool normalise = true;                      // to unit mean squared norm
  // Vectors with a norm above so many times the median norm are left out of training, of the
  // held-out set and of the scale (massive activations, Sun et al. 2024, arXiv 2402.17762); 0: of
  // the scale alone.
  double outlier_norm = kDefaultOutlierNorm;
  std::uint64_t split_seed = 0;  // which documents are held out
  // Hash of the content that the paths above lead to (weights, token ids); empty when unknown.
  std::string identity;
  DataParts parts;  // of that identity
};

// A stretch of a run: a fraction of it, or a number of tokens.
struct Stretch {
  double fraction = 0;
  std::int64_t tokens = 0;
  bool in_tokens = false;
  bool operator==(const Stretch&) const = default;
  double Tokens(std::int64_t run_tokens) const {
    return in_tokens ? static_cast<double>(tokens) : fraction * static_cast<double>(run_tokens);
  }
};

struct SaeSpec {
  std::int64_t d_sae = 0;
  bool pre_encoder_bias = true;
  ThresholdParametrisation threshold_parametrisation = ThresholdParametrisation::kRaw;
  double threshold_init = 0.001;
  double bandwidth = 0.001;  // in units of the (normalised) activations
  // How it begins (core/start.h). Stored in run names by their absence: do not change.
  BiasStart b_dec_init = BiasStart::kAuto;
  double w_enc_init_scale = 0;  // of w_enc beside w_dec's transpose; 0: by the width
  // Stored in run names by their absence: do not change.
  SaeArchitecture architecture = SaeArchitecture::kJumpRelu;
  double k = 0;  // active latents a token: of TopK a whole number, of BatchTopK a mean over a batch
  // Whether the straight-through estimators pass gradients to the pre-activations as well as to the
  // thresholds (Anthropic, Circuits Updates January 2025).
  bool input_gradients = false;
};

struct TrainingSpec {
  std::int64_t batch_tokens = 4096;
  double lr = 7e-5;
  // The threshold's own step, which an lr sweep leaves fixed. raw: units of activation;
  // log: units of ln threshold. Scaled by the same schedule as lr.
  double threshold_lr = 2.5e-4;
  Schedule schedule = Schedule::kCosine;
  Stretch lr_warmup{0.05, 0, false};  // cosine from lr_warmup_start·lr to lr
  double lr_warmup_start = 0.1;
  double decay_fraction = 0.2;  // warm-up-stable-decay only: linear to 0 over this share of the run
  double adam_beta1 = 0;
  double adam_beta2 = 0.999;
  double adam_epsilon = 1e-8;
  SparsityRule sparsity = SparsityRule::kCoefficient;
  double sparsity_coefficient = 2e-3;  // with a target L0: of the quadratic penalty
  double target_l0 = 0;
  bool l0_controller = false;  // the target is held by moving the coefficient, not by the penalty
  Stretch sparsity_warmup{0.1, 0, false};  // linear from 0
  double gradient_clip = 0;                // of the global gradient norm; 0: off
  std::int64_t dead_after_tokens =
      0;                // a latent silent for so long is dead; 0: the held-out set decides
  int evaluations = 8;  // held-out curve points, evenly spaced, the last at the end
  // Of the operands of matrix products; weights, thresholds and sums are fp32 in any case.
  Precision precision = Precision::kBf16;
  // Stored in run names by their absence: do not change.
  DeadLatents dead_latents = DeadLatents::kNone;
  double auxk_coefficient = 0.03125;  // of the auxiliary loss beside the mse: 1/32, as Gao et al.
  std::int64_t auxk_latents = 0;      // dead latents that predict a token's error; 0: d_in / 2
  Stretch resample_every{0.1, 0, false};  // dead latents are resampled after each such stretch
  Stretch resample_until{0.5, 0, false};  // of the run, and no more after this
  double pre_act_coefficient = 3e-6;      // of the loss of PreActs beside the mse
  PenaltyShape penalty = PenaltyShape::kL0;
  double tanh_scale = 4;
};

struct RunSpec {
  SourceSpec source;
  SaeSpec sae;
  TrainingSpec training;
  std::int64_t tokens = 0;        // a multiple of batch_tokens
  std::uint64_t seed = 0;         // of the initialisation
  std::uint64_t stream_seed = 0;  // of the order of the data

  std::int64_t steps() const { return tokens / training.batch_tokens; }
};

// The run's name: 16 hexadecimal digits of the hash of CanonicalJson.
using RunId = std::string;
RunId ComputeId(const RunSpec& spec);
// Runs with equal stream keys see the same vectors in the same order and can share a gang.
std::string StreamKey(const RunSpec& spec);
// The name of the data alone (source, split, normalisation): key of its measured scale.
std::string SourceKey(const SourceSpec& source);
// What determines the numbers, keys sorted; paths are left out. Stored: do not change.
std::string CanonicalJson(const RunSpec& spec);

// The whole spec with its paths, as stored in job files and in results.db.
std::string ToJson(const RunSpec& spec);
// Throws IoError when the text is not such an object.
RunSpec RunSpecFromJson(std::string_view json);
std::string ToJson(const SourceSpec& source);
SourceSpec SourceSpecFromJson(std::string_view json);

std::string_view Name(SourceKind kind);
std::string_view Name(Precision precision);
std::string_view Name(ThresholdParametrisation parametrisation);
std::string_view Name(Schedule schedule);
std::string_view Name(SparsityRule rule);
std::string_view Name(ShortDocuments rule);
std::string_view Name(BiasStart start);
std::string_view Name(SaeArchitecture architecture);
std::string_view Name(DeadLatents method);
std::string_view Name(PenaltyShape shape);

}  // namespace saelaw
