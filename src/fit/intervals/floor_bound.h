// Intervals of a law whose floor lies on its bound of 0.
#pragma once

#include <memory>

#include "fit/intervals/uncertainty.h"

namespace saelaw {

// What both laws accept: the one whose floor may be negative, which is regular but does not know
// that it is not, and the one with the bound, which by itself covers too much. Quantities are of
// the law with a signed floor, whose u[0] is the floor where that of `bounded` has its logarithm.
// Where the two have nothing in common it is the end of the bounded law's interval that lies
// towards the other (callers extend it to the estimate). `size`: parameters of either; `log_unit`:
// ln of what the signed floor is counted in. `trust` of 1
// gives that; less goes back towards the law with a signed floor, for methods whose intervals with
// the bound are too narrow by themselves.
std::shared_ptr<const Uncertainty> MakeFloorBound(std::shared_ptr<const Uncertainty> with_sign,
                                                  std::shared_ptr<const Uncertainty> bounded,
                                                  int size,
                                                  double log_unit,
                                                  double trust);

}  // namespace saelaw
