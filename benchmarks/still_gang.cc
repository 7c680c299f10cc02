#include "still_gang.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "app/trainer/cuda_library.h"
#include "core/machine.h"
#include "sae/tune/step_tuning.h"
#include "timing.h"
#include "train/train_job.h"

namespace saelaw {

void BeginOn(const Job& job) {
  OpenDevice(job.device, false, [](const std::string& line) { fmt::print(stderr, "{}\n", line); });
  ConfigureNumerics(job);
}

RunSpec StillRun(std::int64_t d_in,
                 std::int64_t d_sae,
                 std::int64_t batch_tokens,
                 double threshold) {
  RunSpec spec;
  spec.source.d_in = d_in;
  spec.sae.d_sae = d_sae;
  spec.sae.threshold_init = threshold;
  spec.training.batch_tokens = batch_tokens;
  spec.training.lr = 1e-7;
  spec.training.threshold_lr = 1e-9;
  spec.training.schedule = Schedule::kConstant;
  spec.training.evaluations = 1;
  spec.tokens = batch_tokens * 1'000'000;
  return spec;
}

StepTuning TuningFor(const RunSpec& run, const std::string& device) {
  StepTuning wanted;
  wanted.machine = NameMachine(device);
  wanted.shapes = {{{run.sae.d_sae, run.training.batch_tokens}, {}}};
  return TuneSteps(run.source.d_in, wanted, at::Device(device));
}

double SecondsOfSteps(Gang& gang, int steps, at::Device device) {
  Wait(device);
  const double start = SecondsNow();
  for (int step = 0; step < steps; ++step) gang.Advance();
  gang.Settle();
  Wait(device);
  return SecondsNow() - start;
}

}  // namespace saelaw
