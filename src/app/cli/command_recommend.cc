// `saelaw recommend` prints the advice and writes the configuration. An advice that has to be
// refused is printed like advice, no file is written, and only the exit code tells a script of it.
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/local_time.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "app/cli/terminal_watcher.h"
#include "orchestrate/answer.h"
#include "report/documents.h"
#include "report/json.h"

namespace saelaw {
namespace {

class RecommendCommand : public Command {
 public:
  std::string name() const override { return "recommend"; }
  std::string summary() const override {
    return "Print the laws' advice and write the big run's configuration";
  }
  std::string examples() const override {
    return "  saelaw recommend sweep.yaml                   # and writes "
           "analysis/<sweep>/recommended.yaml\n"
           "  saelaw recommend sweep.yaml --json | jq .lr\n"
           "  saelaw train analysis/<sweep>/recommended.yaml\n";
  }
  std::vector<OptionSpec> options() override {
    return {
        SweepArgument(&sweep_),
        DatabaseOption(&database_),
        JsonOption(&json_),
        {"--out", "Folder of recommended.yaml (default: analysis/<sweep>)", &out_, false, "FOLDER"},
        {"--force",
         "Advise also beyond 1,000 times the largest fitted run, or from short runs",
         &force_},
        {"-n,--dry-run", "Write no file", &dry_run_},
        {"-v,--verbose", "Print everything, not what fits on a screen", &verbose_}};
  }
  ExitCode Run() override {
    TerminalWatcher watcher;
    Cache cache(watcher);
    const Sweep sweep = LoadSweep(sweep_, Overrides("", 0, 0)).sweep;
    const Answer answer = AnswerSweep(sweep, database_, force_, cache, ShortWatch(database_));
    // The file is written first, because the printed answer names it.
    std::string path;
    if (!dry_run_) path = WriteConfiguration(answer, AnswerFolder(out_, answer.sweep), LocalTime());
    const Recommendation& advice = answer.recommendation;
    const auto text = verbose_ ? RecommendDocument : BriefRecommendDocument;
    Print("{}", json_ ? RecommendationJson(advice, path) : OnTerminal(text(advice, path)));
    return advice.refused ? ExitCode::kFailure : ExitCode::kComplete;
  }

 private:
  std::string sweep_, out_;
  std::string database_ = "results.db";
  bool json_ = false, force_ = false, dry_run_ = false, verbose_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeRecommendCommand() { return std::make_unique<RecommendCommand>(); }

}  // namespace saelaw
