// What a trainer holds, told before it starts: of the GPU's memory where it trains on one, else of
// the machine's.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/run_spec.h"
#include "jobs/job.h"
#include "sweep/sweep.h"

namespace saelaw {

// What takes a run's steps, as far as memory goes.
enum class StepMemory {
  kReference,   // LibTorch's operations: gradients as matrices, arrays of [tokens, d_sae]
  kCpuKernels,  // no gradients; one array of [d_sae, tokens]
  kGpuKernels,  // the CUDA library
};
// What takes the steps of a run on `device` along StepTuning::path `path` (empty: the fastest).
StepMemory EstimateStepMemory(const SaeSpec& sae,
                              const TrainingSpec& training,
                              std::string_view device,
                              std::string_view path);

struct TrainerBytes {
  double own = 0;     // of each run for itself: weights, moments, operand copies
  double shared = 0;  // once for each gang: the stream and what the runs use in turn
  double total() const { return own + shared; }
};

// Of a run alone. `model` is that of a model source; without it, its weights count nothing.
TrainerBytes EstimateBytes(const RunSpec& run,
                           const std::optional<ModelShape>& model,
                           std::string_view device,
                           std::string_view path);
// Of runs that train together: each one's own, and the most that any of them shares.
double BytesOfGang(std::span<const RunSpec> runs,
                   const std::optional<ModelShape>& model,
                   std::string_view device,
                   std::string_view path);

// What the runs of a gang may take together: 70 % of `machine_bytes` over the trainers on a CPU, 90
// % of what was free on a GPU when it was measured over the trainers on it. Without a measurement a
// GPU has no limit, and a gang that does not fit is split when the device says so. On either, what
// the larger half of the least took that did not fit (`refused`: Store::JobsOutOfMemory).
double GangRoom(const Execution& execution,
                double machine_bytes,
                const Measurement& measured,
                const std::optional<ModelShape>& model,
                const std::vector<Job>& refused);

// The parts of it.
double MemberBytes(const SaeSpec& sae,
                   std::int64_t d_in,
                   const TrainingSpec& training,
                   StepMemory how);
double WorkingBytes(const SaeSpec& sae,
                    std::int64_t d_in,
                    const TrainingSpec& training,
                    StepMemory how);
// Of the CUDA library, which a test compares it with: this room cannot ask it.
struct GpuKernelBytes {
  double own = 0;      // of one run, as long as it trains
  double scratch = 0;  // of one step, the dense one being the larger as a rule
};
GpuKernelBytes GpuKernels(std::int64_t d_in, std::int64_t d_sae, std::int64_t tokens);
// The language model, the blocks of vectors, the held-out vectors and two batches.
double StreamBytes(const SourceSpec& source,
                   const std::optional<ModelShape>& model,
                   std::int64_t batch_tokens,
                   bool on_gpu);

}  // namespace saelaw
