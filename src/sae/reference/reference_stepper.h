// Steps by LibTorch's operations alone: any device, any type, momentum and a gradient clip. Faster
// steppers are held to it.
#pragma once

#include "sae/model/acceleration.h"

namespace saelaw {

Acceleration ReferenceAcceleration();

}  // namespace saelaw
