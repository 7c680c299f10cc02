// The words are the same for rates and for sizes, since both are read off valleys.
#include "fit/rates/valley_words.h"

namespace saelaw {

assumption::OneShape ListShapes(const ValleyLaw& valleys) {
  constexpr double kWorthNaming = 0.05;
  assumption::OneShape one_shape;
  for (const ValleyCandidate& one : valleys.candidates) {
    if (one.weight < kWorthNaming) continue;
    one_shape.shapes.push_back({Name(one.kind), one.relative, one.weight});
  }
  return one_shape;
}

void WarnOfMisfit(const ValleyLaw& valleys, FitWarnings& warnings) {
  if (valleys.scatters) {
    warnings.push_back(warning::OptimaScatter{valleys.scatter_ratio});
  }
  if (!valleys.misfit) return;
  warnings.push_back(warning::ValleysMiss{valleys.misses_by, valleys.ReplicateSd()});
}

}  // namespace saelaw
