// A measurement is dear, so one that still holds is kept (StillHolds says when). A new one is a job
// like any other: it needs the trainer, it counts against the budget, and it survives a kill.
#include "orchestrate/loop/measure_source.h"

#include <optional>

#include "orchestrate/loop/carry_out.h"
#include "orchestrate/machine/places.h"
#include "study/price/measuring.h"

namespace saelaw {

ExitCode EnsureMeasured(Workplace& work,
                        const SourceSpec& source,
                        const Execution& execution,
                        const std::vector<StepShape>& shapes,
                        WallBudget* budget) {
  const Place place = FindPlace(execution);
  const std::optional<Measurement> known = work.store.FindMeasurement(SourceKey(source));
  // An earlier version kept no mean, and its measurements are made again.
  const bool whole = known && !known->mean_vector.empty();  // an earlier version kept no mean
  if (whole && StillHolds(*known, place, shapes)) return ExitCode::kComplete;
  Job job;
  job.kind = JobKind::kMeasure;
  job.source = source;
  job.device = execution.device;
  // Nothing else runs meanwhile, so it may have the threads of all trainers.
  job.threads = execution.threads * execution.trainers();
  job.tuning = ToMeasure(known, place, shapes);
  job.cache_folder = work.cache.FolderFor(source);
  job.vector_cache_bytes = execution.vector_cache_bytes;
  job.id = ComputeId(job);
  work.store.AddJob(job);
  return CarryOut(work, execution, {job}, budget);
}

}  // namespace saelaw
