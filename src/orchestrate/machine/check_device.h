// Whether this machine has the device that a sweep names.
#pragma once

#include <string>

#include "sweep/sweep.h"

namespace saelaw {

// Asks the trainer, where a GPU is wanted: empty when it is there, or when the trainer cannot be
// asked; else why not, in the trainer's words.
std::string MissingDevice(const Execution& execution);

}  // namespace saelaw
