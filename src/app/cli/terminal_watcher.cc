// The words for all that is told while a command works. On a terminal, the line of progress is
// overwritten in place, so whatever is told clears that line first.
#include "app/cli/terminal_watcher.h"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "app/cli/messages.h"
#include "core/errors.h"
#include "core/quantities.h"
#include "fit/fit.h"
#include "report/document/numbers.h"

namespace saelaw {
namespace {

// In a log, a line of progress is written this often at most.
constexpr std::chrono::seconds kLineEvery{10};

}  // namespace

void TerminalWatcher::ClearLine() {
  // The cursor goes back to the line's beginning, and the rest of the line is emptied.
  if (line_open_) Say("\r\033[K");
  line_open_ = false;
}

void TerminalWatcher::OnProgress(const Job&, const Progress& progress) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto now = std::chrono::steady_clock::now();
  // A log is read later: what changes every second would bury the rest of it.
  if (!terminal && now - last_line_ < kLineEvery) return;
  last_line_ = now;
  if (terminal) {
    Say("\r\033[K{}", ProgressLine(progress));
    line_open_ = true;
  } else {
    Say("{}\n", ProgressLine(progress));
  }
}

std::string TerminalWatcher::DescribeSettings(const Job& job, const RunId& run) const {
  std::string text;
  if (const auto stage = stages_.find(run); stage != stages_.end()) text = stage->second + ", ";
  for (const RunSpec& spec : job.runs) {
    if (ComputeId(spec) != run) continue;
    text +=
        fmt::format("d_sae {}, lr {:.3g}, seed {}, ", spec.sae.d_sae, spec.training.lr, spec.seed);
  }
  return text;
}

void TerminalWatcher::OnStages(const std::map<RunId, std::string>& stages) { stages_ = stages; }

void TerminalWatcher::OnResult(const Job& job, const RunResult& result) {
  const Judgement judgement = Judge(result);
  ClearLine();
  Say("run {}: {}{} tokens, loss {:.4g}, l0 {:.3g}, {}{}{}\n",
      result.id,
      DescribeSettings(job, result.id),
      FormatCount(static_cast<double>(result.tokens)),
      result.final.loss,
      result.final.l0,
      Name(judgement.outcome),
      judgement.reason.empty() ? "" : ": ",
      judgement.reason);
}

void TerminalWatcher::OnMeasurement(const Job&, const Measurement& measurement) {
  ClearLine();
  Say("source: mean squared norm {:.4g} (largest {:.4g}), {} tokens/s\n",
      measurement.mean_squared_norm,
      measurement.max_squared_norm,
      FormatCount(measurement.tokens_per_second));
}

void TerminalWatcher::OnAttemptEnded(const Job& job, int exit_code, const std::string& message) {
  const auto code = static_cast<ExitCode>(exit_code);
  // A job that is complete has told its results, and one that is incomplete was asked to end.
  if (code == ExitCode::kComplete || code == ExitCode::kIncomplete) return;
  // Such a job is given up at once, and is told of then.
  if (code == ExitCode::kConfiguration || code == ExitCode::kIo) return;
  ClearLine();
  Say("job {} ended with {}: {}\n", job.id, exit_code, message);
}

void TerminalWatcher::OnAskedToEnd(const Job& job, std::chrono::seconds grace) {
  ClearLine();
  // Without this line, a Ctrl-C would seem unheard for as long as the grace lasts.
  Say("waiting for job {} ({}) to write its checkpoint; it is ended by force after {}\n",
      job.id,
      job.kind == JobKind::kTrain ? RunsText(static_cast<double>(job.runs.size()))
                                  : std::string(Name(job.kind)),
      FormatSeconds(static_cast<double>(grace.count())));
}

void TerminalWatcher::OnSplit(const Job& job, const std::vector<Job>& parts) {
  ClearLine();
  Say("job {} did not fit into the device's memory: split into {}\n", job.id, parts.size());
}

void TerminalWatcher::Note(const std::string& text) {
  ClearLine();
  Say("{}\n", text);
}

void TerminalWatcher::Warn(const std::string& text) {
  ClearLine();
  Say("warning: {}\n", text);
}

void TerminalWatcher::Complain(const std::string& text) {
  ClearLine();
  Say("saelaw: {}\n", text);
}

void TerminalWatcher::OnData(const std::vector<std::string>& lines) {
  ClearLine();
  for (const std::string& line : lines) Say("data: {}\n", line);
}

void TerminalWatcher::OnPlanNotes(const std::vector<std::string>& notes) {
  ClearLine();
  for (const std::string& note : notes) Say("plan: {}\n", note);
}

void TerminalWatcher::OnPredicted(const StoredPrediction& prediction) {
  ClearLine();
  // This is said before the run begins, so that all can see that nothing was fitted afterwards.
  Say("hold-out {}: predicted loss {:.4g} ({:.4g} to {:.4g})\n",
      prediction.run,
      prediction.predicted,
      prediction.lo,
      prediction.hi);
}

void TerminalWatcher::OnRound(const RoundBegun& round) {
  ClearLine();
  Say("round: {} in {} gang{}: {}\n",
      RunsText(static_cast<double>(round.runs)),
      round.gangs,
      round.gangs == 1 ? "" : "s",
      round.reason);
}

// Jobs that failed for one reason, as all do whose data changed, are told together.
void TerminalWatcher::OnJobsFailed(const std::vector<FailedJob>& failed) {
  ClearLine();
  // The map also sorts the messages, so that the order does not depend on which job failed first.
  std::map<std::string, std::vector<std::string>> by_message;
  for (const FailedJob& one : failed) by_message[one.message].push_back(one.job.id);
  for (const auto& [message, ids] : by_message) {
    Say("saelaw: {} {} failed: {}\n",
        ids.size() == 1 ? "job" : fmt::format("{} jobs,", ids.size()),
        fmt::join(ids, ", "),
        message);
  }
}

void TerminalWatcher::OnStopped(int jobs_left) {
  ClearLine();
  Say("saelaw: stopped with {} job{} left; run the same command again to continue\n",
      jobs_left,
      jobs_left == 1 ? "" : "s");
}

void TerminalWatcher::OnWallSpent(const SpentWall& spent) {
  ClearLine();
  Say("saelaw: the study is unfinished, and its {} spent: {}; {} of this round {} left, for at "
      "most "
      "about {}; {}the same command continues\n",
      spent.of_call ? "time is" : "budget is",
      spent.budget,
      RunsText(static_cast<double>(spent.runs)),
      spent.runs == 1 ? "is" : "are",
      FormatSeconds(spent.seconds),
      spent.of_call ? "" : "with a larger budget.wall, ");
}

}  // namespace saelaw
