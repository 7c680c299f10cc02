// What is measured before the first run, on which machine, and when it must be measured again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jobs/job.h"
#include "sweep/sweep.h"

namespace saelaw {

// Where runs will be trained.
struct Place {
  std::string machine;  // NameMachine(device)
  bool on_gpu = false;
  bool has_gpu_library = false;  // the CUDA library lies where the trainer looks for it, and is
                                 // not refused
};

// Every shape that a run of this sweep can have.
std::vector<StepShape> ListStepShapes(const Sweep& sweep);

// Whether what was measured is of this place and these shapes, so that jobs may be written by it.
bool StillHolds(const Measurement& measured,
                const Place& place,
                const std::vector<StepShape>& shapes);

// What a measuring job is to measure there: these shapes, and those that were measured there
// before.
StepTuning ToMeasure(const std::optional<Measurement>& measured,
                     const Place& place,
                     const std::vector<StepShape>& shapes);

// By how much the vectors of a batch tell less than as many independent ones (Kish 1965, design
// effect): 1 + (other vectors of the same context in a batch)·correlation, where batches are drawn
// from as many contexts as are mixed. 1 for a source without contexts.
double DesignEffect(const SourceSpec& source,
                    std::int64_t batch_tokens,
                    double document_correlation);

// How steps are taken: what the sweep fixes, else what was measured.
StepTuning MakeTuning(const Execution& execution, const Measurement& measured);

// The sweep as its runs are to be priced: by the kernels that were measured, where it fixes none
// and they were measured on this `machine` (NameMachine); elsewhere they are measured anew.
Sweep PricedAsMeasured(const Sweep& sweep, const Measurement& measured, const std::string& machine);

}  // namespace saelaw
