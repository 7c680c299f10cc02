// A sweep as the commands use it: read, and its mistakes told.
#pragma once

#include <map>
#include <string>

#include "sweep/sweep.h"

namespace saelaw {

// Dotted keys from the flags of a command and from SAELAW_DEVICE, SAELAW_WORKERS, SAELAW_THREADS.
std::map<std::string, std::string> Overrides(const std::string& device, int workers, int threads);

struct LoadedSweep {
  Sweep sweep;  // as its first arm has it
  Arms arms;
  bool shape_told = false;  // by activations.card or shape: it can be priced on any machine
  std::map<std::string, ReadSweepResult::Effective> effective;
};

// The arm of that label alone, as a sweep that compares nothing. Throws ConfigurationError where
// there is none, and names those that there are.
Arms OnlyArm(const Arms& arms, const std::string& label);

// Reads and validates. Prints warnings on stderr; on mistakes prints them all and throws
// ConfigurationError.
LoadedSweep LoadSweep(const std::string& path,
                      const std::map<std::string, std::string>& overrides = {});

}  // namespace saelaw
