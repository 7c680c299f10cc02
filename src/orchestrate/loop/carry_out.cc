// The dispatcher knows neither the database, nor signals, nor a budget; here they are tied to its
// seams. Its question whether to stop comes often enough to carry all three.
#include "orchestrate/loop/carry_out.h"

#include <filesystem>
#include <memory>
#include <string>

#include "dispatch/dispatcher.h"
#include "jobs/checkpoints.h"
#include "orchestrate/loop/store_ledger.h"

namespace saelaw {
namespace {

// What people ask for, by a signal or by `saelaw stop` from anywhere.
class Wishes {
 public:
  explicit Wishes(Workplace& work) : work_(work) {}

  StopRequest Look() {
    for (const Request& request : work_.store.TakeRequests()) {
      if (request.kind == RequestKind::kStop) stop_requested_ = true;
    }
    const int interrupts = work_.interrupts.count();
    if (interrupts > 1) return StopRequest::kForce;
    return interrupts == 1 || stop_requested_ ? StopRequest::kFinish : StopRequest::kNone;
  }

 private:
  Workplace& work_;
  bool stop_requested_ = false;  // a request is given out once
};

ExitCode TellEnd(Workplace& work, const DispatchOutcome& outcome) {
  if (!outcome.failed.empty()) work.watcher.OnJobsFailed(outcome.failed);
  if (outcome.end == DispatchEnd::kComplete) {
    return outcome.failed.empty() ? ExitCode::kComplete : outcome.failure_code;
  }
  if (outcome.end == DispatchEnd::kDeadline) return ExitCode::kIncomplete;
  work.watcher.OnStopped(outcome.jobs_left);
  return work.interrupts.count() > 0 ? work.interrupts.code() : ExitCode::kIncomplete;
}

}  // namespace

ExitCode CarryOut(Workplace& work,
                  const Execution& execution,
                  const std::vector<Job>& jobs,
                  WallBudget* budget,
                  const std::map<std::string, double>& seconds) {
  const std::unique_ptr<Runner> runner = work.runner(execution);
  StoreLedger ledger(work.store);
  Wishes wishes(work);
  DispatchOptions options;
  options.stop = [&] {
    // The dispatcher asks twice a second, so this is where the budget's time is kept as well.
    if (budget != nullptr) budget->Keep();
    return wishes.Look();
  };
  if (budget != nullptr) {
    options.deadline = budget->Deadline();
    options.now = BootNow;  // the budget's clock
    options.in_time = [&](const Job& job) {
      const auto known = seconds.find(job.id);
      return known == seconds.end() || budget->HasTimeFor(known->second);
    };
  }
  const DispatchOutcome outcome = Dispatch(jobs, *runner, ledger, work.watcher, options);
  if (outcome.end == DispatchEnd::kDeadline && budget != nullptr) budget->GiveUpRest();
  return TellEnd(work, outcome);
}

void CloseLeftOver(Workplace& work) {
  constexpr int kKilled = -9;
  for (const OpenAttempt& attempt : work.store.OpenAttempts()) {
    work.store.EndAttempt(attempt.attempt_id, kKilled, "left over by a planner that was killed");
  }
  std::error_code none;
  for (const auto& job : std::filesystem::directory_iterator(work.jobs_folder, none)) {
    const std::string job_id = job.path().filename().string();
    const bool has_any = !CheckpointsOfJob(job.path()).empty();
    if (has_any && work.store.HasAllResults(job_id)) KeepNewestOfJob(job.path(), 0);
  }
}

}  // namespace saelaw
