#include "plan/cost.h"

#include <algorithm>

namespace saelaw {
namespace {

// Assumed where nothing was measured: what small fp32 products reach on one core, and a share of
// an RTX 4090's peak.
constexpr double kAssumedCoreFlops = 20e9;
constexpr double kAssumedGpuFlops = 50e12;
constexpr double kSecondsPerHour = 3600;

double AssumedFlopsPerSecond(const Execution& execution) {
  if (execution.device != "cpu") return kAssumedGpuFlops;
  return kAssumedCoreFlops * std::max(1, execution.threads);
}

double Hours(double flops, double flops_per_second) {
  return flops / flops_per_second / kSecondsPerHour;
}

}  // namespace

Device TargetDevice(const Target& target) {
  const Device* named = FindDevice(target.device);
  if (named != nullptr && target.device_flops == 0) return *named;
  return {target.device, target.device_flops};
}

double SaeTrainingFlops(std::int64_t d_in, std::int64_t d_sae, double tokens) {
  return 6.0 * (2.0 * static_cast<double>(d_in) * static_cast<double>(d_sae)) * tokens;
}

double HalfForwardFlops(const ModelShape& model, double tokens) {
  return static_cast<double>(model.parameters) * tokens;
}

double ForwardFlopsToLayer(const ModelShape& model, int layer, double tokens) {
  const auto hidden = static_cast<double>(model.hidden_size);
  const auto queries = static_cast<double>(model.heads * model.head_dim);
  const auto keys = static_cast<double>(model.kv_heads * model.head_dim);
  const double attention = 2 * hidden * queries + 2 * hidden * keys;
  const double mlp = 3 * hidden * static_cast<double>(model.intermediate_size);
  return 2 * (attention + mlp) * (layer + 1) * tokens;
}

Cost PriceRun(const RunSpec& run,
              const std::optional<ModelShape>& model,
              const Execution& execution,
              const MeasuredSpeed& speed) {
  Cost cost;
  const auto tokens = static_cast<double>(run.tokens);
  cost.sae_flops = SaeTrainingFlops(run.source.d_in, run.sae.d_sae, tokens);
  if (run.source.kind == SourceKind::kModel && model) {
    cost.stream_flops = ForwardFlopsToLayer(*model, run.source.model.layer, tokens);
  }
  const double rate =
      speed.flops_per_second > 0 ? speed.flops_per_second : AssumedFlopsPerSecond(execution);
  cost.seconds = cost.flops() / rate;
  cost.device_bytes =
      TrainingBytes(run.sae, run.source.d_in, run.training, execution.device != "cpu");
  return cost;
}

double TrainingBytes(const SaeSpec& sae,
                     std::int64_t d_in,
                     const TrainingSpec& training,
                     bool on_gpu) {
  const auto d_sae = static_cast<double>(sae.d_sae);
  const auto width = static_cast<double>(d_in);
  const auto batch = static_cast<double>(training.batch_tokens);
  const double weights = 2 * width * d_sae + 3 * d_sae + width;
  const double moments = training.adam_beta1 == 0 ? 1 : 2;
  // Weights, second moment (and momentum where beta1 > 0), and operand copies in bf16. CPU kernels
  // keep no gradients and, in their dense beginning, one row of products; the reference, which
  // trains on other devices, with momentum and with a clip, has gradients, and arrays for
  // pre-activations, latents and their derivatives.
  const double copies = training.precision == Precision::kBf16 ? 0.5 : 0;
  const bool reference = training.adam_beta1 != 0 || training.gradient_clip > 0 || on_gpu;
  const double gradients = reference ? 1 : 0;
  const double batch_rows = batch * (4 * width + (reference ? 5 : 1) * d_sae);
  return 4 * (weights * (1 + moments + copies + gradients) + batch_rows);
}

TargetPrice PriceTarget(const Sweep& sweep, double tokens, const Device& device) {
  TargetPrice price;
  price.tokens = tokens;
  price.device = device;
  price.utilisation = sweep.target.utilisation;
  price.sae_flops = SaeTrainingFlops(sweep.source.d_in, sweep.target.d_sae, tokens);
  price.exact_sae_flops = price.sae_flops * 10 / 12;  // five products, no gradient to x
  if (sweep.source.kind == SourceKind::kModel && sweep.model_shape) {
    price.half_forward_flops = HalfForwardFlops(*sweep.model_shape, tokens);
    price.exact_forward_flops =
        ForwardFlopsToLayer(*sweep.model_shape, sweep.source.model.layer, tokens);
  }
  const double sustained = device.peak_flops * price.utilisation;
  price.half_forward_hours = Hours(price.half_forward_flops, device.peak_flops);
  price.sae_hours = Hours(price.sae_flops, device.peak_flops);
  price.exact_forward_hours = Hours(price.exact_forward_flops, sustained);
  price.exact_sae_hours = Hours(price.exact_sae_flops, sustained);

  SaeSpec sae = sweep.sae;
  sae.d_sae = sweep.target.d_sae;
  TrainingSpec training = sweep.training;
  if (sweep.target.batch_tokens > 0) training.batch_tokens = sweep.target.batch_tokens;
  price.device_bytes = TrainingBytes(sae, sweep.source.d_in, training, /*on_gpu=*/true);
  price.activations_bytes = 2 * static_cast<double>(sweep.source.d_in) * tokens;
  price.weights_bytes = 4 * (2.0 * static_cast<double>(sweep.source.d_in * sae.d_sae));
  return price;
}

}  // namespace saelaw
