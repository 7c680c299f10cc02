#include "sweep/keys.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/devices.h"

namespace saelaw {
namespace {

constexpr Range kAny = {};
constexpr Range kNotNegative = {.low = 0};
constexpr Range kPositive = {.low = 0, .low_open = true};
constexpr Range kFromZero = {.low = 0, .high = kMaxCount};
constexpr Range kFromOne = {.low = 1, .high = kMaxCount};
constexpr Range kWidth = {.low = 1, .high = 1 << 24};
constexpr Range kSeeds = {.low = 1, .high = 64};
constexpr Range kRate = {.low = 0, .high = 10, .low_open = true};
constexpr Range kShare = {.low = 0, .high = 1};
constexpr Range kOpenShare = {.low = 0, .high = 1, .low_open = true};
constexpr Range kBeta = {.low = 0, .high = 1, .high_open = true};

using enum KeyType;

// The table keeps views of it.
const std::string kTargetDeviceDoc = fmt::format(
    "The device that is priced: {}, or another with device_flops", fmt::join(DeviceNames(), ", "));

// clang-format off
const std::vector<Key> kKeys = {
  {"name", kText, "", "Name of the sweep and of its folder of results; default: the file's name"},
  {"demonstration", kBool, "false", "Its report says that it shows the way and is no advice"},
  {"about", kSection, "", "Why this sweep exists, for its readers"},
  {"about.question", kText, "", "What it is meant to find out"},
  {"about.prediction", kText, "", "What is expected, written before it is run"},
  {"about.cost", kText, "", "What it costs, and on which machine"},

  {"activations", kSection, "", "Where the vectors come from"},
  {"activations.source", kChoice, "", "Kind of source", kAny, "synthetic|model|shards"},
  {"activations.synthetic", kSection, "", "Sparse combinations of a known dictionary, endless"},
  {"activations.synthetic.d_in", kCount, "64", "Width of a vector", kWidth},
  {"activations.synthetic.dictionary_size", kCount, "256", "Number of dictionary vectors", kWidth},
  {"activations.synthetic.active_latents", kNumber, "8", "Expected number active in one vector", kPositive},
  {"activations.synthetic.frequency_exponent", kNumber, "0.5", "Latent i fires in proportion to (i+1)^-exponent", {.low = 0, .high = 10}},
  {"activations.synthetic.noise_sd", kNumber, "0.05", "Norm of the noise, relative to the mean norm of a vector", kNotNegative},
  {"activations.synthetic.dictionary_seed", kCount, "0", "Seed of the dictionary", kFromZero},
  {"activations.model", kPath, "", "The language model: a GGUF file, or a folder as transformers writes it"},
  {"activations.card", kText, "", "Built-in shape of the model, for prices when its files are elsewhere; default: read from its files"},
  {"activations.shape", kSection, "", "Shape of a model that has no card; default: read from its files"},
  {"activations.shape.name", kText, "model", "Name of the model"},
  {"activations.shape.parameters", kNumber, "", "Number of parameters", kFromOne},
  {"activations.shape.layers", kCount, "", "Number of blocks", kWidth},
  {"activations.shape.hidden_size", kCount, "", "Width of the residual stream", kWidth},
  {"activations.shape.intermediate_size", kCount, "", "Width inside the MLP", kWidth},
  {"activations.shape.heads", kCount, "", "Number of attention heads", kWidth},
  {"activations.shape.kv_heads", kCount, "", "Number of key and value heads; default: heads", kWidth},
  {"activations.shape.head_dim", kCount, "", "Width of a head; default: hidden_size / heads", kWidth},
  {"activations.shape.vocabulary", kCount, "", "Number of token ids", {.low = 2, .high = 1 << 24}},
  {"activations.text", kPaths, "", "Text files, folders or patterns (*.txt; folder/**/*.txt looks into folders); JSON lines and arrays are read document by document"},
  {"activations.text_key", kText, "text", "The key of the text in JSON files"},
  {"activations.token_files", kPaths, "", "Files of token ids (.npy or .bin), instead of text"},
  {"activations.token_dtype", kChoice, "u16", "Width of the ids in .bin files", kAny, "u16|u32"},
  {"activations.document_separator", kCount, "", "Id that ends a document in token files; default: none, every 16 contexts are a document", {.low = 0, .high = 2147483647}},
  {"activations.add_bos", kChoice, "auto", "Whether each context begins with the model's BOS token; auto: as transformers would add it (the template in tokenizer.json decides)", kAny, "auto|true|false"},
  {"activations.hook", kChoice, "mlp_out", "Where in the block the vectors are taken", kAny, "mlp_out|mlp_act|resid_post"},
  {"activations.layer", kCount, "", "Block of the hook, from 0; default: the last of the first half, layers/2 - 1", {.low = 0, .high = 10000}},
  {"activations.context_tokens", kCount, "256", "Tokens of one context; its first token is never used", {.low = 2, .high = 1 << 24}},
  {"activations.short_documents", kChoice, "keep", "Documents, and ends of documents, shorter than a context: each a context of its own length, whose tokens see nothing else; or not used", kAny, "keep|drop"},
  {"activations.mixing_tokens", kCount, "0", "Tokens of the stream that are shuffled together; 0: as many as hold 160 contexts and 32 batches", {.low = 0, .high = 1e9}},
  {"activations.precision", kChoice, "bf16", "Precision of the language model's forward pass", kAny, "fp32|bf16"},
  {"activations.spliced_contexts", kCount, "64", "Held-out contexts, of as many documents, on which the language model's own loss is measured with the SAE in the MLP's place; 0: it is not", {.low = 0, .high = 4096}},
  {"activations.shards", kPath, "", "Folder that saelaw capture has written"},
  {"activations.held_out_tokens", kCount, "16384", "Tokens that no run trains on and every loss is measured on, at least; a few contexts of each held-out document", {.low = 64, .high = 1e9}},
  {"activations.held_out_documents", kCount, "64", "Documents that losses are measured on, at least, where the text has five times as many", {.low = 1, .high = 1e6}},
  {"activations.normalisation_tokens", kCount, "65536", "Tokens on which the scale is measured", {.low = 64, .high = 1e9}},
  {"activations.normalise", kBool, "true", "Scale vectors to unit mean squared norm"},
  {"activations.outlier_norm", kNumberOrOff, "10", "Vectors with a norm above so many times the median are left out (massive activations); off: of the scale alone", kNotNegative},
  {"activations.split_seed", kCount, "0", "Which documents are held out", kFromZero},

  {"sae", kSection, "", "The sparse autoencoder"},
  {"sae.d_sae", kCount, "", "Number of latents", kWidth},
  {"sae.pre_encoder_bias", kBool, "true", "Subtract b_dec before the encoder"},
  {"sae.b_dec_init", kChoice, "auto", "Where b_dec begins: at the measured mean of the scaled training vectors, or at zeros; auto: at the mean where it has half of the mean squared norm or more", kAny, "auto|mean|zeros"},
  {"sae.w_enc_init_scale", kNumber, "", "W_enc begins as the transpose of W_dec times this; default: 1 up to 8 times as wide as the input; wider, what makes the first reconstruction no larger than the input", {.low = 0, .high = 100, .low_open = true}},
  {"sae.threshold", kSection, "", "The JumpReLU's threshold, one for each latent"},
  {"sae.threshold.parametrisation", kChoice, "raw", "What is learned: the threshold itself, or its logarithm", kAny, "raw|log"},
  {"sae.threshold.init", kNumber, "0.001", "Threshold at the start, in units of the scaled vectors", kPositive},
  {"sae.bandwidth", kNumber, "0.001", "Width of the kernel that gives the threshold its gradient, in the same units", kPositive},

  {"training", kSection, "", "The recipe that every run starts from"},
  {"training.batch_tokens", kCount, "4096", "Tokens of one step", {.low = 1, .high = 1 << 24}},
  {"training.lr", kNumber, "7e-5", "Learning rate at its peak", kRate},
  {"training.threshold_lr", kNumber, "", "The threshold's own step; default: bandwidth/4 (log: bandwidth/4 / threshold.init)", kRate},
  {"training.schedule", kChoice, "cosine", "How lr falls after the warm-up", kAny, "cosine|constant|warmup-stable-decay"},
  {"training.lr_warmup", kStretch, "5%", "Length of the warm-up: a share of the run, or tokens", kNotNegative},
  {"training.lr_warmup_start", kFraction, "0.1", "lr at the start of the warm-up, as a share of lr", kShare},
  {"training.decay_fraction", kFraction, "20%", "warmup-stable-decay: share of the run in which lr falls to 0", kOpenShare},
  {"training.adam", kSection, "", "Adam's constants"},
  {"training.adam.beta1", kNumber, "0", "Decay of the mean gradient", kBeta},
  {"training.adam.beta2", kNumber, "0.999", "Decay of the mean squared gradient", kBeta},
  {"training.adam.epsilon", kNumber, "1e-8", "Added to the root of the mean square", kPositive},
  {"training.sparsity", kSection, "", "What makes the latents sparse"},
  {"training.sparsity.coefficient", kNumber, "2e-3", "Weight of the penalty on L0", kNotNegative},
  {"training.sparsity.target_l0", kNumber, "", "Number of active latents to reach by a quadratic penalty; default: none, the penalty is linear", kPositive},
  {"training.sparsity.warmup", kStretch, "10%", "The coefficient rises from 0 over this share of the run, or tokens", kNotNegative},
  {"training.gradient_clip", kNumberOrOff, "off", "Largest norm of the gradient", kNotNegative},
  {"training.dead_after_tokens", kCount, "0", "A latent silent for so long is dead; 0: the held-out tokens decide", kFromZero},
  {"training.evaluations", kCount, "8", "Points of a run's held-out curve, the last at its end", {.low = 1, .high = 1000}},
  {"training.precision", kChoice, "bf16", "Precision of the SAE's products; weights, thresholds and sums are fp32", kAny, "fp32|bf16"},

  {"study", kSection, "", "What is trained to find the laws", kAny, "", kInSweep},
  {"study.loss_law", kSection, "", "Loss against data, at one learning rate", kAny, "", kInSweep},
  {"study.loss_law.lr", kNumber, "", "The one learning rate; default: training.lr", kRate, "", kInSweep},
  {"study.loss_law.tokens", kCounts, "", "At least two data sizes, ascending", kFromOne, "", kInSweep},
  {"study.loss_law.d_sae", kCounts, "", "Sizes of the SAE, 3 or more for a law of size; default: sae.d_sae alone", kWidth, "", kInSweep},
  {"study.loss_law.seeds", kCount, "1", "Runs of each setting, each with its own data order", kSeeds, "", kInSweep},
  {"study.lr_law", kOptionalSection, "", "The best learning rate against data; none: not asked for", kAny, "", kInSweep},
  {"study.lr_law.tokens", kCounts, "", "Data sizes; default: those of the loss law", kFromOne, "", kInSweep},
  {"study.lr_law.d_sae", kCounts, "", "Sizes of the SAE, sae.d_sae among them; 3 or more also make the loss at the best rates a law of size; default: sae.d_sae alone", kWidth, "", kInSweep},
  {"study.lr_law.points", kCount, "5", "Rates in the first grid of each size", {.low = 2, .high = 64}, "", kInSweep},
  {"study.lr_law.factor", kNumber, "2", "Between neighbouring rates of the first grid", {.low = 1, .high = 100, .low_open = true}, "", kInSweep},
  {"study.lr_law.seeds", kCount, "1", "Runs of each setting", kSeeds, "", kInSweep},
  {"study.lr_law.edge_seeds", kCount, "3", "Runs of the last surviving and the first failing rate where they stand beside the best one: near a cliff, survival is luck", kSeeds, "", kInSweep},
  {"study.lr_law.max_widenings", kCount, "3", "How often a grid is widened whose best rate lies on its edge", {.low = 0, .high = 32}, "", kInSweep},
  {"study.lr_law.bisect_to", kNumber, "1.4143", "A cliff is bisected until survivor and failure are within this factor", {.low = 1.01, .high = 100}, "", kInSweep},
  {"study.hold_out", kOptionalSection, "", "The check: more data than any fitted run, predicted before it is measured; none: no check", kAny, "", kInSweep},
  {"study.hold_out.tokens", kCount, "", "Tokens of the check; default: 4 times the largest fitted size", kFromOne, "", kInSweep},
  {"study.hold_out.seeds", kCount, "1", "Runs of the check", kSeeds, "", kInSweep},
  {"study.share_trunks", kChoice, "auto", "auto: runs that differ in tokens alone train one trunk where schedule and warm-ups allow it (docs/steps.md); required: a sweep that does not allow it is a mistake", kAny, "auto|required", kInSweep},
  {"study.extra_runs", kSections, "", "Runs wanted as they are, e.g. somebody's earlier one", kAny, "", kInSweep},
  {"study.extra_runs[].tokens", kCount, "", "Tokens of this run", kFromOne, "", kInSweep},
  {"study.extra_runs[].d_sae", kCount, "", "Its number of latents; default: sae.d_sae", kWidth, "", kInSweep},
  {"study.extra_runs[].lr", kNumber, "", "Its learning rate; default: training.lr", kRate, "", kInSweep},
  {"study.extra_runs[].note", kText, "", "Why it is wanted", kAny, "", kInSweep},

  {"target", kSection, "", "The big run that the laws are for", kAny, "", kInSweep},
  {"target.tokens", kCount, "", "Tokens of the big run; or give tokens_from", kFromOne, "", kInSweep},
  {"target.tokens_from", kSection, "", "Tokens by information content from a reference run: reference_tokens * log2(reference_vocabulary)/log2(vocabulary) * size_ratio, to two digits", kAny, "", kInSweep},
  {"target.tokens_from.reference_tokens", kNumber, "", "Tokens of the reference run", kPositive, "", kInSweep},
  {"target.tokens_from.reference_vocabulary", kNumber, "", "Vocabulary of its model", {.low = 2}, "", kInSweep},
  {"target.tokens_from.vocabulary", kNumber, "", "Vocabulary of this model; default: as its shape says", {.low = 2}, "", kInSweep},
  {"target.tokens_from.size_ratio", kNumber, "1", "Size of this model over the reference's", kPositive, "", kInSweep},
  {"target.d_sae", kCount, "", "Its number of latents; default: sae.d_sae", kWidth, "", kInSweep},
  {"target.batch_tokens", kCount, "", "Its batch; default: training.batch_tokens", {.low = 1, .high = 1 << 24}, "", kInSweep},
  {"target.device", kText, "rtx4090", kTargetDeviceDoc, kAny, "", kInSweep},
  {"target.device_flops", kNumber, "", "Its peak in FLOP/s; default: as the named device has", kPositive, "", kInSweep},
  {"target.utilisation", kFraction, "40%", "Share of the peak that is assumed where nothing was measured", kOpenShare, "", kInSweep},

  {"budget", kSection, "", "Limits of the whole sweep; default: none", kAny, "", kInSweep},
  {"budget.wall", kDuration, "", "Time on the clock, of all calls of saelaw run together; it is kept in the database", kPositive, "", kInSweep},
  {"budget.flops", kNumber, "", "Floating-point operations", kPositive, "", kInSweep},
  {"budget.runs", kCount, "", "Number of runs", {.low = 1, .high = 1e6}, "", kInSweep},

  {"run", kSection, "", "The one run of a configuration", kAny, "", kInRun},
  {"run.tokens", kCount, "", "Tokens to train on", kFromOne, "", kInRun},
  {"run.seed", kCount, "0", "Seed of the initialisation", kFromZero, "", kInRun},
  {"run.stream_seed", kCount, "0", "Seed of the order of the data", kFromZero, "", kInRun},

  {"execution", kSection, "", "Where the runs are carried out; never part of a run's name"},
  {"execution.device", kDevices, "cpu", "cpu, cuda or cuda:N; or several cuda:N, over which the gangs are spread"},
  {"execution.workers", kCount, "1", "Trainers at a time on each device", {.low = 1, .high = 1024}},
  {"execution.threads", kCount, "0", "Threads of one trainer; 0: the machine's cores over the workers", {.low = 0, .high = 1024}},
  {"execution.kernels", kChoice, "auto", "What takes the steps: cuda on a GPU, the others but reference on a CPU; auto: the fastest that there is", kAny, "auto|reference|avx2|avx512|avx512_bf16|amx|cuda"},
  {"execution.dense_above", kFraction, "", "Share of active latents above which own kernels multiply densely; default: measured before the first run. Given, it makes runs on equal machines equal to the bit", kShare},
  {"execution.vector_cache", kBytes, "4GiB", "Room on disk for a language model's vectors, which later rounds on a CPU then read instead of computing them; 0: none are kept", kNotNegative},
  {"execution.checkpoint_every", kDuration, "5m", "Time after which a trainer writes a checkpoint", kPositive},
  {"execution.checkpoint_tokens", kCount, "0", "Tokens of the stream after which it writes one, if that comes first; 0: time alone decides", kFromZero},
};
// clang-format on

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

const std::vector<Key>& AllKeys() { return kKeys; }

const Key* FindKey(std::string_view path) {
  static const std::map<std::string_view, const Key*> by_path = [] {
    std::map<std::string_view, const Key*> map;
    for (const Key& key : kKeys) map.emplace(key.path, &key);
    return map;
  }();
  const auto at = by_path.find(path);
  return at == by_path.end() ? nullptr : at->second;
}

std::vector<std::string_view> Choices(std::string_view choices) {
  std::vector<std::string_view> words;
  while (!choices.empty()) {
    words.push_back(choices.substr(0, choices.find('|')));
    choices.remove_prefix(std::min(choices.size(), words.back().size() + 1));
  }
  return words;
}

std::string Describe(const Range& range) {
  const bool low = range.low > -std::numeric_limits<double>::infinity();
  const bool high = range.high < std::numeric_limits<double>::infinity();
  const bool closed = !range.low_open && !range.high_open;
  if (low && high && closed) return fmt::format("from {} to {}", range.low, range.high);
  std::string text;
  if (low) text = fmt::format("{} {}", range.low_open ? "more than" : "at least", range.low);
  if (low && high) text += " and ";
  if (high) text += fmt::format("{} {}", range.high_open ? "less than" : "at most", range.high);
  return text;
}

bool Contains(const Range& range, double value) {
  const bool above = range.low_open ? value > range.low : value >= range.low;
  const bool below = range.high_open ? value < range.high : value <= range.high;
  return above && below;
}

std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& words) {
  constexpr std::size_t kLongest = 64;  // of a word that is worth comparing
  if (word.size() > kLongest) return {};
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view other : words) {
    const std::size_t distance = EditDistance(word, other);
    if (distance < least && distance < other.size()) {
      least = distance;
      nearest = other;
    }
  }
  return nearest;
}

}  // namespace saelaw
