// A capture is one job without runs, which the dispatcher carries out as any other. Whether it was
// done before is asked of the ledger, which looks at the disk too (StoreLedger::IsCaptured).
#include "orchestrate/capture_source.h"

#include <fmt/format.h>

#include "orchestrate/data/check_source.h"
#include "orchestrate/data/identify_data.h"
#include "orchestrate/loop/carry_out.h"

namespace saelaw {

void IdentifyCaptureData(Sweep* sweep, std::int64_t tokens, Cache& cache) {
  CheckSource(sweep->source);
  const DataCount data = IdentifyData(&sweep->source, DataNeed::kIdentity, cache);
  if (data.training_tokens >= 0 && tokens > data.training_tokens) {
    throw ConfigurationError(
        fmt::format("the text has {} usable training tokens, --tokens asks for {}",
                    data.training_tokens,
                    tokens));
  }
}

ExitCode CaptureSource(Workplace& work, const Sweep& sweep, const CaptureSpec& capture) {
  Job job;
  job.kind = JobKind::kCapture;
  job.source = sweep.source;
  job.capture = capture;
  job.device = sweep.execution.device;
  // No trainer runs beside it, so it gets the threads of all of them.
  job.threads = sweep.execution.threads * sweep.execution.trainers();
  job.cache_folder = work.cache.FolderFor(sweep.source);
  job.id = ComputeId(job);
  work.store.AddJob(job);
  return CarryOut(work, sweep.execution, {job});
}

}  // namespace saelaw
