// Jobs are written down before they start, and a round that was begun is finished before another is
// planned: only so do checkpoints and predictions of a killed planner keep their meaning.
#include "orchestrate/loop/next_jobs.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/quantities.h"
#include "jobs/checkpoints.h"
#include "orchestrate/knowledge/stored_knowledge.h"
#include "orchestrate/machine/places.h"
#include "report/json.h"
#include "study/findings/hold_out_rate.h"
#include "study/findings/rate_loss.h"
#include "study/price/gangs.h"
#include "study/price/measuring.h"
#include "study/rounds/decision.h"

namespace saelaw {
namespace {

// Gangs that were begun go on as they were written down, so that their checkpoints serve them; so
// do failed ones that left a checkpoint. Other failed gangs are formed anew.
std::vector<Job> BegunJobs(const Workplace& work, const Sweep& sweep) {
  std::vector<Job> begun = work.store.UnfinishedJobs(sweep.name);
  for (Job& job : work.store.FailedJobs(sweep.name)) {
    if (!CheckpointsOfJob(work.jobs_folder / job.id).empty()) begun.push_back(std::move(job));
  }
  return begun;
}

// New gangs of runs that were begun in others (another sweep's, or one that was edited meanwhile)
// begin where those are.
void NameEarlier(const Store& store, std::vector<Job>& jobs) {
  for (Job& job : jobs) {
    std::vector<RunId> runs;
    for (const RunSpec& run : job.runs) runs.push_back(IdOf(run));
    job.continues = store.JobsWith(runs);
    std::erase(job.continues, job.id);
  }
}

// What the law says of the hold-out runs is written down before they are trained, or the check
// would prove nothing.
void SavePredictions(Workplace& work, const Sweep& sweep, const Decision& decision) {
  const LossLaws& laws = decision.findings.loss_before;
  for (const PlannedRun& run : decision.plan.runs) {
    if (run.stage != Stage::kHoldOut) continue;
    const std::int64_t d_sae = run.spec.sae.d_sae;
    if (!laws.CoversSize(d_sae)) return;
    Point at;
    at.tokens = static_cast<double>(run.spec.tokens);
    at.params = static_cast<double>(d_sae);
    const RateChoice rate = HoldOutRate(sweep, decision.findings.rates, laws);
    const Prediction predicted = PredictLoss(laws, rate, at, d_sae, MeasuredOn::kSameDocuments);
    const StoredPrediction stored{run.id,
                                  predicted.value,
                                  predicted.prediction.lo,
                                  predicted.prediction.hi,
                                  FitJson(laws.Predicting(d_sae).fit, {&predicted, 1}),
                                  ""};
    work.store.SavePrediction(sweep.name, stored);
    work.watcher.OnPredicted(stored);
  }
}

// A run that may not fit is tried all the same, because what it takes is a prediction. One run is
// enough to warn of.
void WarnOfMemory(Watcher& watcher, const Plan& plan, double bytes) {
  for (const PlannedRun& run : plan.runs) {
    if (run.predicted.device_bytes <= bytes) continue;
    watcher.Warn(fmt::format("run {} needs about {}, a trainer has {}: it may not fit",
                             run.id,
                             FormatBytes(run.predicted.device_bytes),
                             FormatBytes(bytes)));
    return;
  }
}

// The sweep is to be priced by how its steps will be taken.
Sweep PricedAsMeasured(const Sweep& sweep, const Measurement& measured) {
  Sweep priced = sweep;
  priced.execution.kernels = TuningOf(sweep.execution, measured).path;
  return priced;
}

void AddPlannedRuns(Store& store, const Sweep& sweep, const std::vector<PlannedRun>& runs) {
  std::vector<AskedRun> asked;
  for (const PlannedRun& run : runs) {
    asked.push_back({run.spec, std::string(Name(run.stage)), run.reason});
  }
  store.AddRuns(sweep.name, asked);
}

void TellStages(Workplace& work, const Sweep& sweep) {
  std::map<RunId, std::string> stages;
  for (const RunRecord& run : work.store.RunsOf(sweep.name)) stages[run.id] = run.asked.stage;
  work.watcher.OnStages(stages);
}

bool AnyIsThere(const Store& store, const std::vector<PlannedRun>& runs) {
  return std::any_of(runs.begin(), runs.end(), [&](const PlannedRun& run) {
    return store.ResultOf(run.id).has_value();
  });
}

}  // namespace

NextJobs PrepareNextJobs(Workplace& work, const Sweep& sweep) {
  if (std::vector<Job> begun = BegunJobs(work, sweep); !begun.empty()) {
    TellStages(work, sweep);
    return {std::move(begun), false, ""};
  }
  const Knowledge knowledge = KnowledgeIn(work.store, sweep);
  const Measurement measured = knowledge.measurement.value_or(Measurement{});
  const Decision decision = Decide(PricedAsMeasured(sweep, measured), knowledge);
  const Plan& plan = decision.plan;
  work.watcher.OnPlanNotes(plan.notes);
  AddPlannedRuns(work.store, sweep, plan.runs);
  // What was trained by itself is known from now on, since the sweep has asked for it.
  if (AnyIsThere(work.store, plan.runs)) return PrepareNextJobs(work, sweep);
  SavePredictions(work, sweep, decision);
  const double gang_bytes =
      GangBytes(sweep.execution, measured, sweep.model_shape, work.store.JobsOutOfMemory());
  WarnOfMemory(work.watcher, plan, gang_bytes);
  std::vector<Job> jobs = FormJobs(
      plan.runs, sweep.execution, gang_bytes, measured, work.cache.FolderFor(sweep.source));
  NameEarlier(work.store, jobs);
  work.store.AddJobs(jobs);
  if (!jobs.empty()) {
    TellStages(work, sweep);
    work.watcher.OnRound({plan.runs.size(), jobs.size(), plan.runs.front().reason});
  }
  return {std::move(jobs), plan.complete, decision.findings.none_survived};
}

RoundLeft PriceRoundLeft(const Store& store, const Sweep& sweep) {
  const Knowledge knowledge = KnowledgeIn(store, sweep);
  const Measurement measured = knowledge.measurement.value_or(Measurement{});
  RoundLeft left{Decide(PricedAsMeasured(sweep, measured), knowledge).plan.runs};
  ShareCosts(&left.runs);
  const double bytes =
      GangBytes(sweep.execution, measured, sweep.model_shape, store.JobsOutOfMemory());
  left.seconds = WallSeconds(left.runs, sweep.execution, bytes);
  return left;
}

}  // namespace saelaw
