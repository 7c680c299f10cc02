#include "app/cli/study_loop.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/interrupt.h"
#include "app/cli/knowledge_base.h"
#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "core/files.h"
#include "core/quantities.h"
#include "dispatch/attempt_files.h"
#include "dispatch/dispatcher.h"
#include "dispatch/local_runner.h"
#include "report/json.h"
#include "study/findings/rate_loss.h"
#include "study/price/gangs.h"
#include "study/price/measuring.h"
#include "study/rounds/next_round.h"

namespace saelaw {
namespace {

StopRequest StopAsked(Store& store, bool* by_request) {
  for (const Request& request : store.TakeRequests()) {
    if (request.kind == RequestKind::kStop) *by_request = true;
  }
  if (InterruptCount() > 1) return StopRequest::kForce;
  return InterruptCount() == 1 || *by_request ? StopRequest::kFinish : StopRequest::kNone;
}

// Jobs that failed for one reason, as all do whose data changed, are told together.
void SayFailures(const std::vector<FailedJob>& all) {
  std::map<std::string, std::vector<std::string>> by_message;
  for (const FailedJob& failed : all) by_message[failed.message].push_back(failed.job.id);
  for (const auto& [message, ids] : by_message) {
    Say("saelaw: {} {} failed: {}\n",
        ids.size() == 1 ? "job" : fmt::format("{} jobs,", ids.size()),
        fmt::join(ids, ", "),
        message);
  }
}

ExitCode CodeOf(const DispatchOutcome& outcome, ExitCode failure_code) {
  SayFailures(outcome.failed);
  if (outcome.end == DispatchEnd::kComplete) {
    return outcome.failed.empty() ? ExitCode::kComplete : failure_code;
  }
  if (outcome.end == DispatchEnd::kDeadline) return ExitCode::kIncomplete;
  const bool interrupted = outcome.end == DispatchEnd::kStopped && InterruptCount() > 0;
  Say("saelaw: stopped with {} job{} left; run the same command again to continue\n",
      outcome.jobs_left,
      outcome.jobs_left == 1 ? "" : "s");
  return interrupted ? InterruptExitCode() : ExitCode::kIncomplete;
}

// What the law says of the hold-out runs, written down before they are trained.
void SavePredictions(Store& store,
                     const Sweep& sweep,
                     const Knowledge& knowledge,
                     const Plan& plan) {
  const auto is_hold_out = [](const PlannedRun& run) { return run.stage == Stage::kHoldOut; };
  if (std::none_of(plan.runs.begin(), plan.runs.end(), is_hold_out)) return;
  const Findings findings = Study(sweep, knowledge, StudyDepth::kLaws);
  for (const PlannedRun& run : plan.runs) {
    if (!is_hold_out(run)) continue;
    const LawFit& law = findings.predicting_law(run.spec.sae.d_sae);
    if (!findings.CoversSize(run.spec.sae.d_sae)) return;
    Point at;
    at.tokens = static_cast<double>(run.spec.tokens);
    at.params = static_cast<double>(run.spec.sae.d_sae);
    const Prediction predicted = PredictLoss(
        findings, HoldOutRate(sweep, findings), at, run.spec.sae.d_sae, MeasuredOn::kSameDocuments);
    store.SavePrediction(sweep.name,
                         {run.id,
                          predicted.value,
                          predicted.prediction.lo,
                          predicted.prediction.hi,
                          FitJson(law, {&predicted, 1}),
                          ""});
    Say("hold-out {}: predicted loss {:.4g} ({:.4g} to {:.4g})\n",
        run.id,
        predicted.value,
        predicted.prediction.lo,
        predicted.prediction.hi);
  }
}

// Gangs that were begun go on as they were written down, so that their checkpoints serve them;
// those that failed, too, where they left one. Other failed ones are formed anew.
std::vector<Job> JobsBegun(const Store& store,
                           const std::filesystem::path& database,
                           const Sweep& sweep) {
  std::vector<Job> begun = store.UnfinishedJobs(sweep.name);
  for (Job& job : store.FailedJobs(sweep.name)) {
    if (HasCheckpoint(JobsFolder(database) / job.id)) begun.push_back(std::move(job));
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

// A run that may not fit is tried all the same: what it takes is a prediction.
void WarnOfMemory(const Plan& plan, double bytes) {
  for (const PlannedRun& run : plan.runs) {
    if (run.predicted.device_bytes <= bytes) continue;
    Say("warning: run {} needs about {}, a trainer has {}: it may not fit\n",
        run.id,
        FormatBytes(run.predicted.device_bytes),
        FormatBytes(bytes));
    return;
  }
}

// The sweep, to be priced by how its steps will be taken.
Sweep PricedAsMeasured(const Sweep& sweep, const Knowledge& knowledge) {
  Sweep priced = sweep;
  const Measurement measured = knowledge.measurement.value_or(Measurement{});
  priced.execution.kernels = TuningOf(sweep.execution, measured).path;
  return priced;
}

// The jobs of the next round, written into the store before any of them starts. None where the
// study is complete, or where the budget leaves out all that is left.
std::vector<Job> NextJobs(Store& store,
                          const std::filesystem::path& database,
                          const Sweep& sweep,
                          bool* complete) {
  if (std::vector<Job> begun = JobsBegun(store, database, sweep); !begun.empty()) return begun;
  const Knowledge knowledge = KnowledgeIn(store, sweep);
  const Measurement measured = knowledge.measurement.value_or(Measurement{});
  const Plan plan = NextRound(PricedAsMeasured(sweep, knowledge), knowledge);
  for (const std::string& note : plan.notes) Say("plan: {}\n", note);
  *complete = plan.complete;
  std::vector<AskedRun> asked;
  for (const PlannedRun& run : plan.runs) {
    asked.push_back({run.spec, std::string(Name(run.stage)), run.reason});
  }
  store.AddRuns(sweep.name, asked);
  SavePredictions(store, sweep, knowledge, plan);
  const double gang_bytes =
      GangBytes(sweep.execution, measured, sweep.model_shape, store.JobsOutOfMemory());
  WarnOfMemory(plan, gang_bytes);
  std::vector<Job> jobs =
      FormJobs(plan.runs, sweep.execution, gang_bytes, measured, CacheFolderOf(sweep.source));
  NameEarlier(store, jobs);
  store.AddJobs(jobs);
  if (!jobs.empty()) {
    Say("round: {} runs in {} gang{}: {}\n",
        plan.runs.size(),
        jobs.size(),
        jobs.size() == 1 ? "" : "s",
        plan.runs.front().reason);
  }
  return jobs;
}

void SayData(const Store& store, const Sweep& sweep) {
  const std::optional<Measurement> known = store.MeasurementOf(SourceKey(sweep.source));
  if (!known) return;
  for (const std::string& line : DataLines(sweep.source, sweep.training.batch_tokens, *known)) {
    Say("data: {}\n", line);
  }
}

// Of a study that is complete: a failure where no run of it is of any use.
ExitCode CodeOfStudy(const Store& store, const Sweep& sweep) {
  const Findings findings = Study(sweep, KnowledgeIn(store, sweep), StudyDepth::kLaws);
  if (findings.none_survived.empty()) return ExitCode::kComplete;
  Say("saelaw: {}\n", findings.none_survived);
  return ExitCode::kFailure;
}

// What a killed planner left: attempts that are open, so that the ledger says how each ended, and
// checkpoints of jobs that are done.
void CloseLeftOver(Store& store, const std::filesystem::path& database) {
  constexpr int kKilled = -9;
  for (const OpenAttempt& attempt : store.OpenAttempts()) {
    store.EndAttempt(attempt.token, kKilled, "left over by a planner that was killed");
  }
  std::error_code none;
  for (const auto& job : std::filesystem::directory_iterator(JobsFolder(database), none)) {
    if (HasCheckpoint(job.path()) && store.HasAllResults(job.path().filename().string()))
      KeepNewestOfAllAttempts(job.path(), 0);
  }
}

// What was spent, and what more would buy: the runs of this round that have no result yet.
void SayWallIsSpent(const Store& store, const Sweep& sweep, const WallBudget& budget) {
  const Knowledge knowledge = KnowledgeIn(store, sweep);
  Plan plan = NextRound(PricedAsMeasured(sweep, knowledge), knowledge);
  ShareCosts(&plan.runs);
  const Measurement measured = knowledge.measurement.value_or(Measurement{});
  const double bytes =
      GangBytes(sweep.execution, measured, sweep.model_shape, store.JobsOutOfMemory());
  Say("saelaw: the study is unfinished, and its budget is spent: {}; {} run{} of this round {} "
      "left, "
      "for at most about {}; with a larger budget.wall, the same command continues\n",
      budget.Text(),
      plan.runs.size(),
      plan.runs.size() == 1 ? "" : "s",
      plan.runs.size() == 1 ? "is" : "are",
      FormatSeconds(WallSeconds(plan.runs, sweep.execution, bytes)));
}

}  // namespace

ExitCode CarryOut(Store& store,
                  const std::filesystem::path& database,
                  const Execution& execution,
                  const std::vector<Job>& jobs,
                  WallBudget* budget) {
  LocalRunnerOptions local;
  local.jobs_folder = JobsFolder(database);
  local.trainer = TrainerPath();
  local.places = PlacesOf(execution);
  LocalRunner runner(local);
  StoreLedger ledger(store);
  DispatchOptions options;
  bool stop_requested = false;
  options.stop = [&] {
    if (budget != nullptr) budget->Keep();
    return StopAsked(store, &stop_requested);
  };
  if (budget != nullptr) options.deadline = budget->Deadline();
  const DispatchOutcome outcome = Dispatch(jobs, runner, ledger, options);
  return CodeOf(outcome, ledger.failure_code());
}

ExitCode EnsureMeasured(Store& store,
                        const std::filesystem::path& database,
                        const SourceSpec& source,
                        const Execution& execution,
                        const std::vector<StepShape>& shapes,
                        WallBudget* budget) {
  const Place place = PlaceOf(execution);
  const std::optional<Measurement> known = store.MeasurementOf(SourceKey(source));
  const bool whole = known && !known->mean_vector.empty();  // an earlier version kept no mean
  if (whole && StillHolds(*known, place, shapes)) return ExitCode::kComplete;
  Job job;
  job.kind = JobKind::kMeasure;
  job.source = source;
  job.device = execution.device;
  job.threads = execution.threads * execution.trainers();
  job.tuning = ToMeasure(known, place, shapes);
  job.cache_folder = CacheFolderOf(source);
  job.vector_cache_bytes = execution.vector_cache_bytes;
  job.id = IdOf(job);
  store.AddJob(job);
  return CarryOut(store, database, execution, {job}, budget);
}

ExitCode RunStudy(Store& store, const std::filesystem::path& database, const Sweep& sweep) {
  CloseLeftOver(store, database);
  WallBudget budget(store, sweep.name, sweep.budget.seconds);
  const ExitCode measured =
      EnsureMeasured(store, database, sweep.source, sweep.execution, ShapesOf(sweep), &budget);
  if (measured != ExitCode::kComplete) {
    if (budget.IsSpent()) SayWallIsSpent(store, sweep, budget);
    return measured;
  }
  SayData(store, sweep);
  for (;;) {
    bool complete = false;
    const std::vector<Job> jobs = NextJobs(store, database, sweep, &complete);
    if (complete) return CodeOfStudy(store, sweep);
    if (jobs.empty()) {
      Say("saelaw: the study is unfinished, and its budget is spent, as said above; with a larger "
          "one, the same command continues\n");
      return ExitCode::kIncomplete;
    }
    const ExitCode code = CarryOut(store, database, sweep.execution, jobs, &budget);
    if (code == ExitCode::kIncomplete && budget.IsSpent()) SayWallIsSpent(store, sweep, budget);
    if (code != ExitCode::kComplete) return code;
  }
}

}  // namespace saelaw
