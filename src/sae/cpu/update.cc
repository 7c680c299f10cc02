// The parts of Adam that concern single numbers: bias, threshold and b_dec. Latents that were left
// alone for some steps make up here for the decay of their second moments, by a power of β2.
#include "sae/cpu/update.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace saelaw {
namespace {

// As UpdateRow of the kernels, for a number alone.
void UpdateScalar(const AdamRow& adam, float gradient, float& w, float& v) {
  v = adam.carry * v + adam.one_less_beta * gradient * gradient;
  w -= adam.rate * gradient / (std::sqrt(v) * adam.unbias + adam.epsilon);
}

// Adds the parts in their order, whichever threads have made them.
void Add(const float* parts, std::size_t count, float sign, std::vector<float>& sum) {
  for (std::size_t i = 0; i < count; ++i) {
    const float* part = parts + i * sum.size();
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += sign * part[c];
  }
}

}  // namespace

// The power is taken in double: rounded to fp32 at every factor it would drift.
AdamRow AdamFor(const CpuStep& step, std::int32_t row_updates) {
  AdamRow adam = step.weights;
  adam.carry =
      static_cast<float>(std::pow(step.beta2, static_cast<double>(step.updates - row_updates)));
  return adam;
}

template <typename T>
void UpdateScalars(const CpuStep& step,
                   const AdamRow& adam,
                   const RowGradients& gradients,
                   const CpuModel<T>& model,
                   std::size_t latent) {
  UpdateScalar(adam, gradients.bias, model.b_enc.master[latent], model.b_enc.second[latent]);
  // Not every architecture trains thresholds.
  if (model.threshold.master == nullptr) return;
  // The threshold is moved by the same rule, but at a learning rate of its own. In the log form,
  // dθ/d(ln θ) is θ.
  const float jump = -gradients.window / step.bandwidth;
  AdamRow of_threshold = adam;
  of_threshold.rate = step.threshold_rate;
  float& threshold = model.threshold.master[latent];
  UpdateScalar(of_threshold,
               step.log_threshold ? jump * model.theta[latent] : jump,
               threshold,
               model.threshold.second[latent]);
  // std::max keeps a NaN here, as its first argument: a diverged run must stay visible.
  if (!step.log_threshold) threshold = std::max(threshold, step.lowest_threshold);
}

template <typename T>
void UpdateDecoderBias(const CpuStep& step,
                       const float* partial_errors,
                       std::size_t error_parts,
                       const float* partial_encoder,
                       std::size_t encoder_parts,
                       const CpuModel<T>& model) {
  // b_dec is updated at every step, so its moments never have more than one decay to make up for.
  const AdamRow adam = AdamFor(step, static_cast<std::int32_t>(step.updates - 1));
  std::vector<float> gradient(model.d_in, 0.0F);
  Add(partial_errors, error_parts, 1, gradient);
  Add(partial_encoder, encoder_parts, -1, gradient);
  for (std::size_t c = 0; c < model.d_in; ++c) {
    UpdateScalar(adam, gradient[c], model.b_dec.master[c], model.b_dec.second[c]);
  }
}

template void UpdateScalars<float>(
    const CpuStep&, const AdamRow&, const RowGradients&, const CpuModel<float>&, std::size_t);
template void UpdateScalars<Bf16>(
    const CpuStep&, const AdamRow&, const RowGradients&, const CpuModel<Bf16>&, std::size_t);
template void UpdateDecoderBias<float>(
    const CpuStep&, const float*, std::size_t, const float*, std::size_t, const CpuModel<float>&);
template void UpdateDecoderBias<Bf16>(
    const CpuStep&, const float*, std::size_t, const float*, std::size_t, const CpuModel<Bf16>&);

}  // namespace saelaw
