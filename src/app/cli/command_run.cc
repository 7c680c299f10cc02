// `saelaw run` trains what is missing of a sweep. The gate comes before the database is opened, so
// that a sweep that cannot run makes no file and takes no lock.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "app/cli/call_end.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/local_workplace.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "app/cli/report_files.h"
#include "app/cli/terminal_watcher.h"
#include "core/files.h"
#include "orchestrate/answer.h"
#include "orchestrate/gate.h"
#include "orchestrate/knowledge/earlier_runs.h"
#include "orchestrate/loop/study_loop.h"
#include "report/documents.h"

namespace saelaw {
namespace {

class SweepRunCommand : public Command {
 public:
  std::string name() const override { return "run"; }
  std::string summary() const override {
    return "Train what is missing of a sweep, then say its verdict; run again to continue";
  }
  std::string examples() const override {
    return "  saelaw run sweep.yaml\n"
           "  saelaw run sweep.yaml --until 08:00\n"
           "  saelaw run sweep.yaml --device cuda --db night.db\n"
           "  saelaw run sweep.yaml --device cuda:0,cuda:1\n"
           "  saelaw run sweep.yaml --workers 4 --threads 2\n";
  }
  std::vector<OptionSpec> options() override {
    return {
        SweepArgument(&sweep_),
        DatabaseOption(&database_),
        {"--until",
         "End at this local time (next 08:00, or 2026-03-01 08:00), with fit and report written",
         &until_,
         false,
         "TIME"},
        {"--for", "End after this time, likewise", &for_, false, "8h"},
        {"--device",
         "cpu, cuda, cuda:N, or several: cuda:0,cuda:1 (default: the sweep's)",
         &device_,
         false,
         "DEVICE"},
        {"--workers",
         "Trainers at once on each device (default: the sweep's)",
         &workers_,
         false,
         "N"},
        {"--threads",
         "Threads of each trainer (default: the cores over the trainers)",
         &threads_,
         false,
         "N"}};
  }
  ExitCode Run() override {
    Store::CheckName(database_);
    const std::optional<CallEnd> end = EndOfCall(until_, for_);
    if (end) Say("{}\n", end->text);
    const LoadedSweep loaded = LoadSweep(sweep_, Overrides(device_, workers_, threads_));
    Arms arms = loaded.arms;
    TerminalWatcher watcher;
    Cache cache(watcher);
    PassGate(&arms, {GateFor::kRun, loaded.shape_told}, cache, watcher);
    LocalWorkplace place(database_, cache, watcher);
    // The database keeps the text of the sweep as the user wrote it, comments and all.
    const ExitCode code = RunStudy(place.work(), arms, ReadFile(sweep_), end);
    const bool timed_out = end && code == ExitCode::kIncomplete;
    if (code == ExitCode::kComplete) Say("complete\n");
    if (timed_out && !EachHasFinished(place.work().store, arms)) {
      Say("nothing to report yet: no run is finished{}\n",
          arms.compares() ? " of each recipe" : "");
      return code;
    }
    if (code == ExitCode::kComplete || timed_out) TellVerdict(arms, end.has_value(), cache);
    return code;
  }

 private:
  static bool EachHasFinished(const Store& store, const Arms& arms) {
    return std::all_of(arms.list.begin(), arms.list.end(), [&](const Arm& arm) {
      return HasFinishedRuns(store, arm.sweep);
    });
  }

  // The answer is said once, at the end, in the words of `recommend`, to whoever watches: a run
  // whose output nobody can read is no less complete.
  void TellVerdict(const Arms& arms, bool write, Cache& cache) const {
    const std::vector<Answer> answers =
        AnswerArms(arms, database_, false, cache, ShortWatch(database_));
    if (write) Write(arms, answers);
    if (arms.compares()) {
      Say("{}", OnTerminal(BriefArmsDocument(CompareAnswers(arms, answers))));
      return;
    }
    const std::string rest = fmt::format(
        "what it rests on, and recommended.yaml: saelaw recommend {} --db {}", sweep_, database_);
    Say("{}", OnTerminal(VerdictDocument(answers.front().recommendation, rest)));
  }

  // Who gives a run its end is not there when it comes.
  static void Write(const Arms& arms, const std::vector<Answer>& answers) {
    const std::filesystem::path folder = AnswerFolder("", arms.name);
    if (arms.compares()) {
      WriteComparison(arms, answers, folder);
    } else {
      WriteReport(answers.front(), folder);
    }
    Say("written: {}/report.html\n", folder.string());
  }

  std::string sweep_, device_, until_, for_;
  std::string database_ = "results.db";
  int workers_ = 0, threads_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<SweepRunCommand>(); }

}  // namespace saelaw
