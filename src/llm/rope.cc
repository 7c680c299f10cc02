// Frequencies are computed in double and rounded once, and angles in fp32, as transformers computes
// them: in bf16 the angle of a late position would be off by radians.
#include "llm/rope.h"

#include <numbers>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

// Llama 3.1's rule, for the wavelength w = 2 pi / f of each frequency f and the original context
// n: f when w < n / high, f / factor when w > n / low, between them linear in n / w.
double ScaleLlama3(double frequency, const Llama3RopeScaling& scaling) {
  const double turns =
      scaling.original_max_position_embeddings * frequency / (2 * std::numbers::pi);
  if (turns > scaling.high_freq_factor) return frequency;
  if (turns < scaling.low_freq_factor) return frequency / scaling.factor;
  const double smooth =
      (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor);
  return (1 - smooth) * frequency / scaling.factor + smooth * frequency;
}

}  // namespace

at::Tensor InverseFrequencies(const ModelConfig& config) {
  const std::int64_t half = config.head_dim / 2;
  at::Tensor frequencies = at::empty({half}, at::kFloat);
  auto* out = frequencies.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < half; ++i) {
    const double exponent = static_cast<double>(2 * i) / static_cast<double>(config.head_dim);
    double frequency = std::pow(config.rope_theta, -exponent);
    if (config.rope_scaling) frequency = ScaleLlama3(frequency, *config.rope_scaling);
    if (!config.rope_divisors.empty()) {
      frequency /= static_cast<double>(config.rope_divisors[static_cast<std::size_t>(i)]);
    }
    out[i] = static_cast<float>(frequency);
  }
  return frequencies;
}

RotaryTables MakeRotaryTables(const at::Tensor& inverse_frequencies,
                              std::int64_t context,
                              at::ScalarType type) {
  const at::Tensor positions = at::arange(context, inverse_frequencies.options());
  const at::Tensor half = at::outer(positions, inverse_frequencies);
  // Both halves of a head turn by the same angles.
  const at::Tensor angles = at::cat({half, half}, -1).unsqueeze(1);
  return {angles.cos().to(type), angles.sin().to(type)};
}

}  // namespace saelaw
