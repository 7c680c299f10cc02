// FLOP are counted from shapes, and seconds follow from the speed that was measured or, before any
// run, from an assumed one. The target is priced twice: at a device's peak, and as it is sustained.
#include "study/price/cost.h"

#include <algorithm>

#include "study/price/memory.h"

namespace saelaw {
namespace {

// What small fp32 products reach on one core.
constexpr double kAssumedCoreFlops = 20e9;
constexpr double kSecondsPerHour = 3600;

// A GPU is taken for the target's: who has one for the night has it for the big run.
double AssumedFlopsPerSecond(const Sweep& sweep) {
  if (sweep.execution.device != "cpu") {
    return TargetDevice(sweep.target).peak_flops * sweep.target.utilisation;
  }
  return kAssumedCoreFlops * std::max(1, sweep.execution.threads);
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

Cost PriceRun(const RunSpec& run, const Sweep& sweep, const MeasuredSpeed& speed) {
  const std::optional<ModelShape>& model = sweep.model_shape;
  const Execution& execution = sweep.execution;
  Cost cost;
  const auto tokens = static_cast<double>(run.tokens);
  cost.sae_flops = SaeTrainingFlops(run.source.d_in, run.sae.d_sae, tokens);
  if (run.source.kind == SourceKind::kModel && model) {
    cost.stream_flops = ForwardFlops(*model, run.source.model, tokens);
  }
  const double rate =
      speed.flops_per_second > 0 ? speed.flops_per_second : AssumedFlopsPerSecond(sweep);
  cost.seconds = cost.flops() / rate;
  const TrainerBytes bytes = EstimateBytes(run, model, execution.device, execution.kernels);
  cost.device_bytes = bytes.total();
  cost.shared_bytes = bytes.shared;
  return cost;
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
    price.exact_forward_flops = ForwardFlops(*sweep.model_shape, sweep.source.model, tokens);
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
  const RunSpec run{sweep.source, sae, training};
  price.device_bytes = EstimateBytes(run, sweep.model_shape, "cuda", "").total();
  price.activations_bytes = 2 * static_cast<double>(sweep.source.d_in) * tokens;
  price.weights_bytes = 4 * (2.0 * static_cast<double>(sweep.source.d_in * sae.d_sae));
  return price;
}

}  // namespace saelaw
