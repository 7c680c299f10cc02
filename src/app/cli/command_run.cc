// `saelaw run` trains what is missing of a sweep. The gate comes before the database is opened, so
// that a sweep that cannot run makes no file and takes no lock.
#include <vector>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/local_workplace.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "app/cli/terminal_watcher.h"
#include "core/files.h"
#include "orchestrate/answer.h"
#include "orchestrate/gate.h"
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
           "  saelaw run sweep.yaml --device cuda --db night.db\n"
           "  saelaw run sweep.yaml --device cuda:0,cuda:1\n"
           "  saelaw run sweep.yaml --workers 4 --threads 2\n";
  }
  std::vector<OptionSpec> options() override {
    return {SweepArgument(&sweep_),
            DatabaseOption(&database_),
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
    const LoadedSweep loaded = LoadSweep(sweep_, Overrides(device_, workers_, threads_));
    Arms arms = loaded.arms;
    TerminalWatcher watcher;
    Cache cache(watcher);
    PassGate(&arms, {GateFor::kRun, loaded.shape_told}, cache, watcher);
    LocalWorkplace place(database_, cache, watcher);
    // The database keeps the text of the sweep as the user wrote it, comments and all.
    const ExitCode code = RunStudy(place.work(), arms, ReadFile(sweep_));
    if (code == ExitCode::kComplete) TellVerdict(arms, cache);
    return code;
  }

 private:
  // The answer is said once, at the end, in the words of `recommend`. It is data, and so goes to
  // stdout; what was told on the way went to stderr.
  void TellVerdict(const Arms& arms, Cache& cache) const {
    const std::vector<Answer> answers =
        AnswerArms(arms, database_, false, cache, ShortWatch(database_));
    Say("complete\n");
    if (arms.compares()) {
      Print("{}", OnTerminal(BriefArmsDocument(CompareAnswers(arms, answers))));
      return;
    }
    const std::string rest = fmt::format(
        "what it rests on, and recommended.yaml: saelaw recommend {} --db {}", sweep_, database_);
    Print("{}", OnTerminal(VerdictDocument(answers.front().recommendation, rest)));
  }

  std::string sweep_, device_;
  std::string database_ = "results.db";
  int workers_ = 0, threads_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<SweepRunCommand>(); }

}  // namespace saelaw
