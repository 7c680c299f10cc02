// A measurement holds for the machine and the shapes that it was made on; what it knows of other
// shapes is asked for again, so that sweeps which take turns do not lose each other's.
#include "study/price/measuring.h"

#include <algorithm>
#include <set>

namespace saelaw {
std::vector<StepShape> ListStepShapes(const Sweep& sweep) {
  std::set<std::int64_t> sizes(sweep.loss_law.d_sae.begin(), sweep.loss_law.d_sae.end());
  if (sweep.sae.d_sae > 0) sizes.insert(sweep.sae.d_sae);
  for (const ExtraRun& run : sweep.extra_runs) {
    if (run.d_sae > 0) sizes.insert(run.d_sae);
  }
  std::vector<StepShape> shapes;
  for (const std::int64_t d_sae : sizes) shapes.push_back({d_sae, sweep.training.batch_tokens});
  return shapes;
}

bool StillHolds(const Measurement& measured,
                const Place& place,
                const std::vector<StepShape>& shapes) {
  const StepTuning& tuning = measured.tuning;
  if (tuning.machine != place.machine) return false;
  if (!place.on_gpu) return true;
  // The library may have been built since.
  if (tuning.path == "reference" && place.has_gpu_library) return false;
  return std::all_of(shapes.begin(), shapes.end(), [&](const StepShape& shape) {
    return FindShape(tuning, shape) != nullptr;
  });
}

StepTuning ToMeasure(const std::optional<Measurement>& measured,
                     const Place& place,
                     const std::vector<StepShape>& shapes) {
  StepTuning wanted;
  wanted.machine = place.machine;
  if (!place.on_gpu) return wanted;
  if (place.has_gpu_library) wanted.path = "cuda";
  // Sweeps of one source that take turns need not measure each other's shapes anew.
  if (measured && measured->tuning.machine == place.machine) {
    for (const TunedShape& known : measured->tuning.shapes) {
      wanted.shapes.push_back({known.shape, {}});
    }
  }
  for (const StepShape& shape : shapes) {
    if (FindShape(wanted, shape) == nullptr) wanted.shapes.push_back({shape, {}});
  }
  return wanted;
}

double DesignEffect(const SourceSpec& source,
                    std::int64_t batch_tokens,
                    double document_correlation) {
  if (source.kind != SourceKind::kModel) return 1;
  const auto context = static_cast<double>(source.model.context_tokens - 1);
  const auto mixed = static_cast<double>(MixingTokens(source.model, batch_tokens));
  const double others =
      (static_cast<double>(batch_tokens) - 1) * (context - 1) / std::max(1.0, mixed - 1);
  return 1 + others * document_correlation;
}

StepTuning MakeTuning(const Execution& execution, const Measurement& measured) {
  StepTuning tuning = measured.tuning;
  if (!execution.kernels.empty()) tuning.path = execution.kernels;
  tuning.dense_above_fp32 = execution.dense_above.value_or(tuning.dense_above_fp32);
  tuning.dense_above_bf16 = execution.dense_above.value_or(tuning.dense_above_bf16);
  return tuning;
}

Sweep PricedAsMeasured(const Sweep& sweep,
                       const Measurement& measured,
                       const std::string& machine) {
  Sweep priced = sweep;
  if (measured.tuning.machine == machine) {
    priced.execution.kernels = MakeTuning(sweep.execution, measured).path;
  }
  return priced;
}

}  // namespace saelaw
