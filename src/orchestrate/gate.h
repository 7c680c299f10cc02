// The gate: all that can be known to be wrong with a sweep before its first job. `run`, `validate`
// and `plan` pass the same one, so that none of them calls good what another refuses.
#pragma once

#include <string>

#include "core/errors.h"
#include "orchestrate/data/identify_data.h"
#include "orchestrate/machine/cache.h"
#include "orchestrate/watch/watcher.h"
#include "sweep/sweep.h"

namespace saelaw {

// How deep a command looks. What `run` may read, it reads; the others read no weights.
enum class GateFor {
  kPlan,      // the text is counted where that takes seconds and known runs are to be matched
  kValidate,  // the text is counted
  kRun,       // and the data identified
};

struct Passed {
  DataCount data;
  // What stops `run` here and not elsewhere: `plan` prices first and ends with it. Empty: nothing.
  std::string device;
  // kIncomplete where the budget leaves out runs that can be foreseen already, as `run` will end.
  ExitCode code = ExitCode::kComplete;
};

// How a command stands before the gate.
struct Entrant {
  GateFor command = GateFor::kRun;
  // The sweep tells the model's shape itself (activations.card or shape), so that `plan` can price
  // it on a machine without the model.
  bool shape_told = false;
  bool match = false;  // kPlan: known runs of this sweep are to be found
};

// Checks trainer, device, model, shards, text and budget; sets the source's identity in every arm
// as far as the command knows it. Warns, and throws Error as `run` does. `plan` may price what is
// not here: a model without its weights, and, where the shape is told, a missing model, text or
// device; each is a warning there.
Passed PassGate(Arms* arms, const Entrant& entrant, Cache& cache, Watcher& watcher);

}  // namespace saelaw
