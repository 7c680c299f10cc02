// One run takes the way of a study: it is stored as a sweep of a single run and carried out by the
// same dispatcher. So it survives a kill, shows in `saelaw status`, and is not trained again when
// its result is there.
#include "orchestrate/train_run.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/files.h"
#include "orchestrate/data/check_source.h"
#include "orchestrate/data/identify_data.h"
#include "orchestrate/knowledge/stored_knowledge.h"
#include "orchestrate/loop/carry_out.h"
#include "orchestrate/loop/measure_source.h"
#include "study/design/stage.h"
#include "study/price/gangs.h"

namespace saelaw {
namespace {

// Under this name the run stands in the database; the prefix sets it apart from a sweep of the same
// name, and its run from those that studies have asked for.
std::string SweepName(const RunConfiguration& configuration) {
  return std::string(kTrainedAlone) +
         (configuration.name.empty() ? configuration.path : configuration.name);
}

void CheckSweep(const Store& store, const std::string& name) {
  const std::vector<std::string> sweeps = store.Sweeps();
  if (name.empty() || std::find(sweeps.begin(), sweeps.end(), name) != sweeps.end()) return;
  throw UsageError(fmt::format(
      "--into: the database holds no sweep '{}', only {}", name, fmt::join(sweeps, ", ")));
}

// The run is asked for, and what is forecast of it stored before it begins.
void Ask(Store& store, const RunConfiguration& configuration, const TrainOrder& order) {
  const RunSpec& run = configuration.run;
  const AskedRun asked{
      run, std::string(Name(Stage::kExtra)), std::string(kTrainReason) + configuration.path};
  store.AddRuns(SweepName(configuration), {asked});
  if (!order.into.empty()) store.AddRuns(order.into, {asked});
  if (!order.forecast) return;
  const FrozenForecast& forecast = *order.forecast;
  store.SavePrediction(SweepName(configuration),
                       {ComputeId(run),
                        forecast.loss,
                        forecast.interval.lo,
                        forecast.interval.hi,
                        forecast.text,
                        ""});
}

ExitCode TrainMeasured(Workplace& work, const RunConfiguration& configuration) {
  const RunSpec& run = configuration.run;
  if (work.store.FindResult(ComputeId(run))) return ExitCode::kComplete;
  // EnsureMeasured has ended well, so the measurement is there.
  const Measurement measured = *work.store.FindMeasurement(SourceKey(run.source));
  const Job job =
      MakeTrainJob({run}, configuration.execution, measured, work.cache.FolderFor(run.source));
  work.store.AddJob(job);
  return CarryOut(work, configuration.execution, {job});
}

}  // namespace

void IdentifyRunData(RunConfiguration* configuration, Cache& cache) {
  RunSpec& run = configuration->run;
  CheckSource(run.source);
  const DataCount data = IdentifyData(&run.source, DataNeed::kIdentity, cache);
  if (data.training_tokens >= 0 && run.tokens > data.training_tokens) {
    throw ConfigurationError(
        fmt::format("{}: the text has {} usable training tokens, the run needs {}: data is never "
                    "repeated; give it more text",
                    configuration->path,
                    data.training_tokens,
                    run.tokens));
  }
}

ExitCode TrainRun(Workplace& work, const RunConfiguration& configuration, const TrainOrder& order) {
  const RunSpec& run = configuration.run;
  CheckSweep(work.store, order.into);
  CloseLeftOver(work);
  work.store.SaveSweep(SweepName(configuration), order.text, HashBytes(order.text));
  Ask(work.store, configuration, order);
  const ExitCode measured = EnsureMeasured(
      work, run.source, configuration.execution, {{run.sae.d_sae, run.training.batch_tokens}});
  return measured == ExitCode::kComplete ? TrainMeasured(work, configuration) : measured;
}

StoredResult DeliverWeights(const Store& store,
                            const RunId& run,
                            const std::filesystem::path& target) {
  const std::optional<StoredResult> stored = store.FindResult(run);
  if (!stored) throw Error(ExitCode::kFailure, "the trainer ended without a result");
  if (!stored->weights.empty()) WriteFile(target, ReadFile(stored->weights), Durability::kSynced);
  return *stored;
}

}  // namespace saelaw
