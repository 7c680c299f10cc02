// Vectors are drawn chunk by chunk, each from a seed of its own, so that a stream begins anywhere
// without drawing what comes before. Within a chunk the work goes latent by latent and jumps over
// the tokens on which one is silent.
#include "activations/synthetic.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "activations/block_stream.h"
#include "activations/outliers.h"
#include "core/errors.h"
#include "core/portions.h"
#include "core/random.h"

namespace saelaw {
namespace {

// What a seed is for, so that no two uses ever share draws. Do not change.
enum : std::uint64_t { kDictionary = 1, kTraining = 2, kHeldOut = 3 };

constexpr std::int64_t kBlockTokens = portions::kSyntheticBlockTokens;
// Tokens of one generator: few enough that their vectors stay in the cache at small d_in.
constexpr std::int64_t kChunkTokens = 256;

constexpr double kMeanMagnitude = 1 + 0.7978845608028654;     // 1 + E|N| = 1 + √(2/π)
constexpr double kMeanSquaredMagnitude = 2 * kMeanMagnitude;  // 1 + 2E|N| + E N²

void Check(const SyntheticSource& spec) {
  const auto require = [](bool holds, const std::string& message) {
    if (!holds) throw ConfigurationError("synthetic source: " + message);
  };
  require(spec.d_in >= 1, fmt::format("d_in is {}: at least 1", spec.d_in));
  require(spec.dictionary_size >= 1,
          fmt::format("dictionary_size is {}: at least 1", spec.dictionary_size));
  require(
      spec.active_latents > 0 && spec.active_latents <= static_cast<double>(spec.dictionary_size),
      fmt::format("active_latents is {}: above 0 and at most dictionary_size = {}",
                  spec.active_latents,
                  spec.dictionary_size));
  require(std::isfinite(spec.frequency_exponent),
          fmt::format("frequency_exponent is {}: a finite number", spec.frequency_exponent));
  require(spec.noise_sd >= 0 && std::isfinite(spec.noise_sd),
          fmt::format("noise_sd is {}: 0 or more", spec.noise_sd));
}

// A normal vector has no preferred direction; divided by its length it is uniform on the sphere.
std::vector<float> UnitVectors(std::int64_t count, std::int64_t d_in, std::uint64_t seed) {
  Random random(MixSeeds({seed, kDictionary}));
  std::vector<float> vectors;
  vectors.reserve(static_cast<std::size_t>(count * d_in));
  std::vector<double> row(static_cast<std::size_t>(d_in));
  for (std::int64_t i = 0; i < count; ++i) {
    double squared_norm = 0;
    for (double& x : row) {
      x = random.Normal();
      squared_norm += x * x;
    }
    for (const double x : row) vectors.push_back(static_cast<float>(x / std::sqrt(squared_norm)));
  }
  return vectors;
}

// p_i = min(1, c·(i+1)^-exponent). Each round gives the probability that was cut off at 1 to the
// others; it ends because a latent once at 1 stays there.
std::vector<double> Probabilities(std::int64_t count, double exponent, double expected) {
  std::vector<double> weights(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = std::pow(static_cast<double>(i + 1), -exponent);
  }
  std::vector<double> probabilities(weights.size(), 0);
  for (std::size_t certain = 0, before = 1; certain != before;) {
    double free_weight = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (probabilities[i] < 1) free_weight += weights[i];
    }
    const double scale = (expected - static_cast<double>(certain)) / free_weight;
    before = certain;
    certain = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (probabilities[i] < 1) probabilities[i] = std::min(1.0, scale * weights[i]);
      certain += probabilities[i] >= 1 ? 1 : 0;
    }
    if (certain == weights.size()) break;
  }
  return probabilities;
}

// E‖Σ a_i d_i‖² = E[a²] Σ p_i + E[a]² (‖Σ p_i d_i‖² - Σ p_i²), for unit d_i.
double MeanSquaredSignal(const std::vector<float>& vectors,
                         const std::vector<double>& probabilities,
                         std::int64_t d_in) {
  std::vector<double> mean(static_cast<std::size_t>(d_in), 0);
  double sum = 0;
  double sum_of_squares = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    sum += probabilities[i];
    sum_of_squares += probabilities[i] * probabilities[i];
    for (std::size_t k = 0; k < mean.size(); ++k) {
      mean[k] += probabilities[i] * static_cast<double>(vectors[i * mean.size() + k]);
    }
  }
  double squared_mean = 0;
  for (const double x : mean) squared_mean += x * x;
  return kMeanSquaredMagnitude * sum +
         kMeanMagnitude * kMeanMagnitude * (squared_mean - sum_of_squares);
}

// row += magnitude · vector. The blocks of eight are what the compiler turns into vector code.
void Add(float magnitude,
         const float* __restrict vector,
         std::int64_t size,
         float* __restrict row) {
  std::int64_t k = 0;
  for (; k + 8 <= size; k += 8) {
    for (int lane = 0; lane < 8; ++lane) row[k + lane] += magnitude * vector[k + lane];
  }
  for (; k < size; ++k) row[k] += magnitude * vector[k];
}

class Source : public ActivationSource {
 public:
  Source(const SourceSpec& spec, const SourceOptions& options)
      : spec_(spec),
        device_(options.device),
        largest_norm_(options.largest_norm),
        dictionary_(spec.synthetic) {}

  std::int64_t d_in() const override { return dictionary_.d_in(); }
  std::int64_t training_tokens() const override { return -1; }

  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t stream_seed,
                                               std::int64_t batch_tokens,
                                               std::int64_t first_batch) override;

  const HeldOutVectors& HeldOut() override {
    if (!held_out_.x.defined()) {
      const std::uint64_t seed =
          MixSeeds({spec_.synthetic.dictionary_seed, kHeldOut, spec_.split_seed});
      held_out_ = {Vectors(seed, 0, spec_.held_out_tokens), CutIntoBlocks(spec_.held_out_tokens)};
      held_out_ = WithoutOutliers(std::move(held_out_), largest_norm_);
    }
    return held_out_;
  }

  // `tokens` vectors from chunk `first_chunk` of `seed` on: [tokens, d_in] on the device.
  at::Tensor Vectors(std::uint64_t seed, std::int64_t first_chunk, std::int64_t tokens) const {
    const at::Tensor vectors = at::zeros({tokens, d_in()}, at::kFloat);
    for (std::int64_t begin = 0; begin < tokens; begin += kChunkTokens) {
      const auto chunk = static_cast<std::uint64_t>(first_chunk + begin / kChunkTokens);
      dictionary_.Draw(MixSeeds({seed, chunk}),
                       std::min(kChunkTokens, tokens - begin),
                       vectors.data_ptr<float>() + begin * d_in());
    }
    return vectors.to(device_);
  }

 private:
  SourceSpec spec_;
  at::Device device_;
  double largest_norm_;
  SyntheticDictionary dictionary_;
  HeldOutVectors held_out_;
};

class Reader : public BlockReader {
 public:
  Reader(const Source& source, std::uint64_t seed) : source_(source), seed_(seed) {}
  at::Tensor Read(std::int64_t index) override {
    return source_.Vectors(seed_, index * (kBlockTokens / kChunkTokens), kBlockTokens);
  }

 private:
  const Source& source_;
  std::uint64_t seed_;
};

std::unique_ptr<ActivationStream> Source::OpenStream(std::uint64_t stream_seed,
                                                     std::int64_t batch_tokens,
                                                     std::int64_t first_batch) {
  const std::uint64_t seed = MixSeeds({spec_.synthetic.dictionary_seed, kTraining, stream_seed});
  return OpenBlockStream(WithoutOutliers(std::make_unique<Reader>(*this, seed), largest_norm_),
                         {kBlockTokens, -1, "the synthetic source", device_},
                         batch_tokens,
                         first_batch);
}

}  // namespace

SyntheticDictionary::SyntheticDictionary(const SyntheticSource& spec) : d_in_(spec.d_in) {
  Check(spec);
  vectors_ = UnitVectors(spec.dictionary_size, d_in_, spec.dictionary_seed);
  probabilities_ =
      Probabilities(spec.dictionary_size, spec.frequency_exponent, spec.active_latents);
  for (const double p : probabilities_) inverse_log_silent_.push_back(1 / std::log1p(-p));
  component_noise_ = spec.noise_sd * std::sqrt(MeanSquaredSignal(vectors_, probabilities_, d_in_) /
                                               static_cast<double>(d_in_));
}

// Latent by latent; the gap between two tokens on which a latent is active is geometric:
// ⌊ln u / ln(1 - p)⌋ (Devroye 1986, X.2). So silent latents cost nothing.
void SyntheticDictionary::Draw(std::uint64_t seed, std::int64_t tokens, float* out) const {
  Random random(seed);
  const auto end = static_cast<double>(tokens);
  for (std::size_t i = 0; i < probabilities_.size(); ++i) {
    const float* vector = vectors_.data() + i * static_cast<std::size_t>(d_in_);
    const auto gap = [&] {
      return std::floor(std::log(random.Uniform()) * inverse_log_silent_[i]);
    };
    for (double token = gap(); token < end; token += 1 + gap()) {
      const auto magnitude = static_cast<float>(1 + std::abs(random.Normal()));
      Add(magnitude, vector, d_in_, out + static_cast<std::int64_t>(token) * d_in_);
    }
  }
  if (component_noise_ == 0) return;
  for (std::int64_t k = 0; k < tokens * d_in_; ++k) {
    out[k] += static_cast<float>(component_noise_ * random.Normal());
  }
}

std::unique_ptr<ActivationSource> OpenSynthetic(const SourceSpec& spec,
                                                const SourceOptions& options) {
  return std::make_unique<Source>(spec, options);
}

}  // namespace saelaw
