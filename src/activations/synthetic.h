// Sparse combinations of a known dictionary: activations whose truth is known, made on the fly.
#pragma once

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "activations/source.h"

namespace saelaw {

// x = Σ_i a_i d_i + noise over the latents i that are active, each on its own with probability
// p_i = min(1, c·(i+1)^-frequency_exponent), c such that Σ p_i = active_latents.
//   d_i    unit vectors, uniform on the sphere, drawn from dictionary_seed
//   a_i    1 + |N(0, 1)|: an active latent is never lost in the noise
//   noise  N(0, s²) in each dimension, s·√d_in = noise_sd · √E‖Σ a_i d_i‖²
// A stream is a function of (dictionary_seed, stream_seed) and position; batch_tokens only cuts it.
// The held-out set is drawn from seeds that no stream has.
class SyntheticDictionary {
 public:
  // Throws ConfigurationError for a spec that cannot be (a negative count, more active latents
  // than there are).
  explicit SyntheticDictionary(const SyntheticSource& spec);

  std::int64_t d_in() const { return d_in_; }
  const std::vector<float>& vectors() const { return vectors_; }  // [dictionary_size, d_in]
  const std::vector<double>& probabilities() const { return probabilities_; }  // [dictionary_size]
  double component_noise() const { return component_noise_; }                  // s above

  // Adds `tokens` vectors, drawn from `seed`, to `out` [tokens, d_in].
  void Draw(std::uint64_t seed, std::int64_t tokens, float* out) const;

 private:
  std::int64_t d_in_;
  std::vector<float> vectors_;
  std::vector<double> probabilities_;
  std::vector<double> inverse_log_silent_;  // 1 / ln(1 - p_i)
  double component_noise_ = 0;
};

std::unique_ptr<ActivationSource> OpenSynthetic(const SourceSpec& spec,
                                                const SourceOptions& options);

}  // namespace saelaw
