// Rates were swept at the sweep's own batch; the target's, where it is another, is a transfer and
// no place of a law.
#include "study/design/places.h"

namespace saelaw {

Point TargetPlace(const Sweep& sweep) {
  Point at;
  at.tokens = static_cast<double>(sweep.target.tokens);
  at.params = static_cast<double>(sweep.target.d_sae);
  at.batch = static_cast<double>(sweep.training.batch_tokens);
  return at;
}

Point HoldOutPlace(const Sweep& sweep) {
  Point at = TargetPlace(sweep);
  at.tokens = static_cast<double>(sweep.hold_out.tokens);
  at.params = static_cast<double>(sweep.sae.d_sae);
  return at;
}

}  // namespace saelaw
