#include "train/weight_measures.h"

#include "sae/model/architecture.h"
#include "sae/reference/metrics.h"

namespace saelaw {

void MeasureWeights(const SaeSpec& spec, const SaeParameters& sae, RunMeasures& measures) {
  const at::Tensor thresholds = ArchitectureOf(spec).Thresholds(spec, sae);
  if (thresholds.defined()) measures.threshold = ThresholdQuantiles(thresholds);
}

}  // namespace saelaw
