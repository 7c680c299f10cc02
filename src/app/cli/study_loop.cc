#include "app/cli/study_loop.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "app/cli/interrupt.h"
#include "app/cli/knowledge_base.h"
#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "dispatch/dispatcher.h"
#include "dispatch/local_runner.h"
#include "plan/planner.h"
#include "plan/rate_loss.h"
#include "report/json.h"
#include "run/files.h"

namespace saelaw {
namespace {

StopRequest StopAsked(Store& store, bool* by_request) {
  for (const Request& request : store.TakeRequests()) {
    if (request.kind == RequestKind::kStop) *by_request = true;
  }
  if (InterruptCount() > 1) return StopRequest::kForce;
  return InterruptCount() == 1 || *by_request ? StopRequest::kFinish : StopRequest::kNone;
}

ExitCode CodeOf(const DispatchOutcome& outcome, ExitCode failure_code) {
  for (const FailedJob& failed : outcome.failed) {
    Say("saelaw: job {} failed: {}\n", failed.job.id, failed.message);
  }
  if (outcome.end == DispatchEnd::kComplete) {
    return outcome.failed.empty() ? ExitCode::kComplete : failure_code;
  }
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
    const Prediction predicted =
        PredictLoss(findings, HoldOutRate(sweep, findings), at, run.spec.sae.d_sae);
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

// The jobs of the next round, written into the store before any of them starts.
// No job where the study is complete, or where the budget leaves out all that is left.
std::vector<Job> NextJobs(Store& store, const Sweep& sweep, bool* complete) {
  // A gang that was begun goes on as it was written down, so that its checkpoints serve it.
  if (std::vector<Job> unfinished = store.UnfinishedJobs(sweep.name); !unfinished.empty())
    return unfinished;
  const Knowledge knowledge = KnowledgeIn(store, sweep);
  const Plan plan = NextRound(sweep, knowledge);
  for (const std::string& note : plan.notes) Say("plan: {}\n", note);
  *complete = plan.complete;
  std::vector<AskedRun> asked;
  for (const PlannedRun& run : plan.runs) {
    asked.push_back({run.spec, std::string(Name(run.stage)), run.reason});
  }
  store.AddRuns(sweep.name, asked);
  SavePredictions(store, sweep, knowledge, plan);
  const Measurement measured = knowledge.measurement.value_or(Measurement{});
  const double gang_bytes = GangBytes(sweep.execution, store.JobsOutOfMemory());
  std::vector<Job> jobs =
      FormJobs(plan.runs, sweep.execution, gang_bytes, measured, CacheFolder().string());
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

// What a killed planner left open, so that the ledger says how each attempt ended.
void CloseLeftOver(Store& store) {
  constexpr int kKilled = -9;
  for (const OpenAttempt& attempt : store.OpenAttempts()) {
    store.EndAttempt(attempt.token, kKilled, "left over by a planner that was killed");
  }
}

}  // namespace

ExitCode CarryOut(Store& store,
                  const std::filesystem::path& database,
                  const Execution& execution,
                  const std::vector<Job>& jobs,
                  std::optional<double> seconds) {
  LocalRunnerOptions local;
  local.jobs_folder = JobsFolder(database);
  local.trainer = TrainerPath();
  local.places = PlacesOf(execution);
  LocalRunner runner(local);
  StoreLedger ledger(store);
  DispatchOptions options;
  bool stop_requested = false;
  options.stop = [&] { return StopAsked(store, &stop_requested); };
  if (seconds) {
    options.deadline = std::chrono::steady_clock::now() +
                       std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
  }
  const DispatchOutcome outcome = Dispatch(jobs, runner, ledger, options);
  return CodeOf(outcome, ledger.failure_code());
}

ExitCode EnsureMeasured(Store& store,
                        const std::filesystem::path& database,
                        const SourceSpec& source,
                        const Execution& execution) {
  if (store.MeasurementOf(SourceKey(source))) return ExitCode::kComplete;
  Job job;
  job.kind = JobKind::kMeasure;
  job.source = source;
  job.device = execution.device;
  job.threads = execution.threads * execution.trainers();
  job.cache_folder = CacheFolder().string();
  job.id = IdOf(job);
  store.AddJob(job);
  return CarryOut(store, database, execution, {job}, std::nullopt);
}

ExitCode RunStudy(Store& store, const std::filesystem::path& database, const Sweep& sweep) {
  CloseLeftOver(store);
  const auto start = std::chrono::steady_clock::now();
  const ExitCode measured = EnsureMeasured(store, database, sweep.source, sweep.execution);
  if (measured != ExitCode::kComplete) return measured;
  for (;;) {
    bool complete = false;
    const std::vector<Job> jobs = NextJobs(store, sweep, &complete);
    if (complete) return ExitCode::kComplete;
    if (jobs.empty()) {
      Say("saelaw: the study is unfinished, and its budget is spent; with a larger one, the same "
          "command continues\n");
      return ExitCode::kIncomplete;
    }
    std::optional<double> left = sweep.budget.seconds;
    if (left) {
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      left = std::max(0.0, *left - spent.count());
    }
    const ExitCode code = CarryOut(store, database, sweep.execution, jobs, left);
    if (code != ExitCode::kComplete) return code;
  }
}

}  // namespace saelaw
