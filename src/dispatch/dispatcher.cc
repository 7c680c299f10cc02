// One loop: start what there is room for, wait for events, write each down, then tell of it.
// Whatever must survive a kill goes through the ledger first, and every wait has an end, so that a
// stop, a deadline or a silent trainer is noticed.
#include "dispatch/dispatcher.h"

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using TimePoint = DispatchOptions::Clock::time_point;

struct Task {
  Job job;
  int attempts = 0;
  bool measured = false;   // kMeasure: its measurement has come
  bool captured = false;   // kCapture: an attempt ended well
  bool collected = false;  // what earlier attempts left has been taken in
};

// How far a stop of one attempt has gone; it never goes back.
enum class Stopping { kNo, kAsked, kForced };

struct Running {
  Task task;
  std::string attempt_id;
  std::optional<TimePoint> last_sign;  // of life; none while it waits in a queue
  Stopping stopping = Stopping::kNo;
  TimePoint asked_at;
  bool silent = false;  // stopped by the watchdog
};

enum class Verdict { kDone, kAgain, kSplit, kFailed, kLeft };

int NumberFor(ExitCode code) { return static_cast<int>(code); }

// Trying again would end the same way.
bool IsFinal(int exit_code) {
  return exit_code == NumberFor(ExitCode::kUsage) || exit_code == NumberFor(ExitCode::kIo) ||
         exit_code == NumberFor(ExitCode::kConfiguration);
}

class Dispatcher {
 public:
  Dispatcher(const std::vector<Job>& jobs,
             Runner& runner,
             Ledger& ledger,
             DispatchWatcher& watcher,
             const DispatchOptions& options)
      : runner_(runner), ledger_(ledger), watcher_(watcher), options_(options) {
    for (const Job& job : jobs) waiting_.push_back({job});
  }

  DispatchOutcome Run() {
    for (;;) {
      const TimePoint begun = options_.now();
      ObserveStops();
      if (!ending_) StartWaiting();
      if (running_.empty() && (ending_ || waiting_.empty())) break;
      if (running_.empty()) {  // nothing that waits would be done in time
        reason_ = DispatchEnd::kDeadline;
        break;
      }
      Forgive(options_.now() - begun);
      const std::vector<JobEvent> events = runner_.Wait(options_.patience);
      const TimePoint told = options_.now();
      for (const JobEvent& event : events) Handle(event);
      Forgive(options_.now() - told);
      WatchSilence();
    }
    outcome_.jobs_left = static_cast<int>(waiting_.size());
    outcome_.end = waiting_.empty() ? DispatchEnd::kComplete : reason_;
    return std::move(outcome_);
  }

 private:
  void StartWaiting() {
    for (std::size_t at = 0; at < waiting_.size() && HasRoom();) {
      if (!waiting_[at].collected) CollectEarlier(waiting_[at]);
      if (!IsDone(waiting_[at]) && !options_.in_time(waiting_[at].job)) {
        ++at;
        continue;
      }
      Task task = std::move(waiting_[at]);
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(at));
      if (IsDone(task)) {
        Forget(task.job);
      } else {
        Start(std::move(task));
      }
    }
  }

  bool HasRoom() const { return static_cast<int>(running_.size()) < runner_.Capacity(); }

  void CollectEarlier(Task& task) {
    for (const JobEvent& event : runner_.Collect(task.job)) TakeIn(task, event);
    task.collected = true;
  }

  void Start(Task task) {
    ++task.attempts;
    const std::string attempt_id = ledger_.BeginAttempt(task.job);
    runner_.Start(task.job, attempt_id);
    const std::string id = task.job.id;
    running_[id] = {std::move(task), attempt_id, std::nullopt, Stopping::kNo, {}, false};
  }

  void Handle(const JobEvent& event) {
    const auto found = running_.find(event.job_id);
    if (found == running_.end()) return;
    Running& running = found->second;
    running.last_sign = options_.now();
    if (const auto* end = std::get_if<AttemptEnd>(&event.what)) {
      const Running ended = std::move(running);
      running_.erase(found);
      Judge(ended, *end);
    } else {
      TakeIn(running.task, event);
    }
  }

  void TakeIn(Task& task, const JobEvent& event) {
    if (const auto* progress = std::get_if<Progress>(&event.what)) {
      ledger_.SaveProgress(event.attempt_id, *progress);
      watcher_.OnProgress(task.job, *progress);
    } else if (const auto* run = std::get_if<FinishedRun>(&event.what)) {
      const bool counts = ledger_.AcceptResult(event.attempt_id, run->result, run->weights);
      if (counts) watcher_.OnResult(task.job, run->result);
    } else if (const auto* measurement = std::get_if<Measurement>(&event.what)) {
      ledger_.SaveMeasurement(*measurement);
      watcher_.OnMeasurement(task.job, *measurement);
      task.measured = true;
    }
  }

  std::vector<RunSpec> RunsLeft(const Task& task) {
    std::vector<RunSpec> left;
    for (const RunSpec& run : task.job.runs) {
      if (!ledger_.HasResult(ComputeId(run))) left.push_back(run);
    }
    return left;
  }

  bool IsDone(const Task& task) {
    switch (task.job.kind) {
      case JobKind::kTrain:
        return RunsLeft(task).empty();
      case JobKind::kMeasure:
        return task.measured;
      case JobKind::kCapture:
        return task.captured || ledger_.IsCaptured(task.job);
    }
    return false;
  }

  void Judge(const Running& ended, const AttemptEnd& end) {
    Task task = ended.task;
    if (end.exit_code == 0) task.captured = true;
    const std::string message = MakeMessage(ended, task, end);
    ledger_.EndAttempt(ended.attempt_id, end.exit_code, message);
    watcher_.OnAttemptEnded(task.job, end.exit_code, message);
    NoteFailure(end.exit_code);
    switch (VerdictOn(ended, task, end.exit_code)) {
      case Verdict::kDone:
        Forget(task.job);
        break;
      case Verdict::kLeft:
        waiting_.push_back(std::move(task));
        break;
      case Verdict::kAgain:
        waiting_.push_front(std::move(task));
        break;
      case Verdict::kSplit:
        Split(task);
        break;
      case Verdict::kFailed:
        ledger_.FailJob(task.job, message);
        outcome_.failed.push_back({task.job, message});  // it may be wanted again: checkpoints stay
        break;
    }
  }

  // An attempt that ended in good order says nothing of a failure, a crash nothing of its reason.
  void NoteFailure(int exit_code) {
    if (exit_code == 0 || exit_code == NumberFor(ExitCode::kIncomplete)) return;
    const auto code = static_cast<ExitCode>(exit_code);
    const bool has_reason = code == ExitCode::kConfiguration || code == ExitCode::kIo;
    outcome_.failure_code = has_reason ? code : ExitCode::kFailure;
  }

  Verdict VerdictOn(const Running& ended, const Task& task, int exit_code) {
    if (IsDone(task)) return Verdict::kDone;
    if (IsFinal(exit_code)) return Verdict::kFailed;
    if (exit_code == NumberFor(ExitCode::kOutOfMemory)) {
      return task.job.runs.size() > 1 ? Verdict::kSplit : Verdict::kFailed;
    }
    // How an attempt ends that was told to end says nothing about the job.
    if (ending_) return Verdict::kLeft;
    if (task.attempts < options_.max_attempts) return Verdict::kAgain;
    const bool killed = exit_code == -SIGKILL && !ended.silent;
    return killed && task.job.runs.size() > 1 ? Verdict::kSplit : Verdict::kFailed;
  }

  std::string MakeMessage(const Running& ended, const Task& task, const AttemptEnd& end) {
    if (ended.silent) {
      return fmt::format("no progress for {} s: stopped", options_.silence.count());
    }
    if (ended.stopping == Stopping::kForced) return "ended by force";
    if (end.exit_code == 0 && !IsDone(task)) return "the trainer ended without all its results";
    return end.message;
  }

  // In two halves of the members that have no result yet; a lone one leaves its gang.
  void Split(const Task& task) {
    const std::vector<RunSpec> left = RunsLeft(task);
    const auto middle = left.begin() + static_cast<std::ptrdiff_t>((left.size() + 1) / 2);
    std::vector<Job> parts;
    for (const auto& runs :
         {std::vector<RunSpec>(left.begin(), middle), std::vector<RunSpec>(middle, left.end())}) {
      if (runs.empty()) continue;
      Job part = task.job;
      part.runs = runs;
      part.id = ComputeId(part);
      // The likeliest to have one is the gang that did not fit, then what it went on from itself.
      part.continues.insert(part.continues.begin(), task.job.id);
      parts.push_back(std::move(part));
    }
    ledger_.SplitJob(task.job, parts);
    watcher_.OnSplit(task.job, parts);
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) waiting_.push_front({*part});
  }

  // The job is done: its checkpoints go, and so do those that it could go on from, unless a run of
  // theirs is still to be trained.
  void Forget(const Job& job) {
    if (job.kind != JobKind::kTrain) return;
    runner_.RemoveCheckpoints(job.id);
    for (const std::string& earlier : job.continues) {
      if (ledger_.HasAllResults(earlier)) runner_.RemoveCheckpoints(earlier);
    }
  }

  void ObserveStops() {
    const StopRequest request = options_.stop();
    const bool late = options_.deadline && options_.now() >= *options_.deadline;
    if (!ending_ && (request != StopRequest::kNone || late)) {
      ending_ = true;
      reason_ = request != StopRequest::kNone ? DispatchEnd::kStopped : DispatchEnd::kDeadline;
    }
    if (!ending_) return;
    for (auto& [id, running] : running_) {
      Ask(running);
      if (request == StopRequest::kForce || GraceIsOver(running)) Force(running);
    }
  }

  // What the ledger took, a locked database minutes, is no silence of the trainers.
  void Forgive(DispatchOptions::Clock::duration taken) {
    for (auto& [id, running] : running_) {
      if (running.last_sign) *running.last_sign += taken;
    }
  }

  // Counts from the first sign of life: how long an attempt waits for a place says nothing of it.
  void WatchSilence() {
    for (auto& [id, running] : running_) {
      if (running.silent && GraceIsOver(running)) Force(running);
      if (running.stopping != Stopping::kNo) continue;
      const bool begun = running.last_sign.has_value();
      if (!begun || options_.now() - *running.last_sign < options_.silence) continue;
      running.silent = true;
      Ask(running);
    }
  }

  bool GraceIsOver(const Running& running) const {
    return running.stopping == Stopping::kAsked &&
           options_.now() - running.asked_at >= options_.grace;
  }

  void Ask(Running& running) {
    if (running.stopping != Stopping::kNo) return;
    running.stopping = Stopping::kAsked;
    running.asked_at = options_.now();
    watcher_.OnAskedToEnd(running.task.job, options_.grace);
    runner_.Stop(running.task.job.id, /*force=*/false);
  }

  void Force(Running& running) {
    if (running.stopping == Stopping::kForced) return;
    running.stopping = Stopping::kForced;
    runner_.Stop(running.task.job.id, /*force=*/true);
  }

  Runner& runner_;
  Ledger& ledger_;
  DispatchWatcher& watcher_;
  const DispatchOptions& options_;
  std::deque<Task> waiting_;
  std::map<std::string, Running> running_;  // by job id
  bool ending_ = false;                     // nothing is started any more
  DispatchEnd reason_ = DispatchEnd::kComplete;
  DispatchOutcome outcome_;
};

}  // namespace

DispatchOutcome Dispatch(const std::vector<Job>& jobs,
                         Runner& runner,
                         Ledger& ledger,
                         DispatchWatcher& watcher,
                         const DispatchOptions& options) {
  return Dispatcher(jobs, runner, ledger, watcher, options).Run();
}

}  // namespace saelaw
