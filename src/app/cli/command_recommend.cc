// `saelaw recommend` prints the advice and writes the configuration. An advice that has to be
// refused is printed like advice, no file is written, and only the exit code tells a script of it.
#include <string>
#include <vector>

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
           "  saelaw recommend sweep.yaml --arm controller@64   # of a study that compares\n"
           "  saelaw train analysis/<sweep>/recommended.yaml\n";
  }
  std::vector<OptionSpec> options() override {
    return {
        SweepArgument(&sweep_),
        DatabaseOption(&database_),
        JsonOption(&json_),
        ArmOption(&arm_),
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
    Arms arms = LoadSweep(sweep_, Overrides("", 0, 0)).arms;
    if (!arm_.empty()) arms = OnlyArm(arms, arm_);
    const std::vector<Answer> answers =
        AnswerArms(arms, database_, force_, cache, ShortWatch(database_));
    // The files are written first, because the printed answer names them.
    std::vector<std::string> paths;
    for (const Answer& answer : answers) paths.push_back(Write(answer, arms));
    if (arms.compares()) return PrintComparison(CompareAnswers(arms, answers), paths);
    return PrintAdvice(answers.front().recommendation, paths.front());
  }

 private:
  // Where several are advised, each has a folder of its own inside the one that was asked for.
  std::string Write(const Answer& answer, const Arms& arms) const {
    if (dry_run_) return "";
    const std::string inside =
        out_.empty() || !arms.compares() ? out_ : out_ + answer.sweep.name.substr(arms.name.size());
    return WriteConfiguration(answer, AnswerFolder(inside, answer.sweep.name), LocalTime());
  }

  ExitCode PrintAdvice(const Recommendation& advice, const std::string& path) const {
    const auto text = verbose_ ? RecommendDocument : BriefRecommendDocument;
    Print("{}", json_ ? RecommendationJson(advice, path) : OnTerminal(text(advice, path)));
    return advice.refused ? ExitCode::kFailure : ExitCode::kComplete;
  }

  ExitCode PrintComparison(const ArmsComparison& comparison,
                           const std::vector<std::string>& paths) const {
    const auto text = verbose_ ? ArmsDocument : BriefArmsDocument;
    Print("{}", json_ ? ArmsJson(comparison) : OnTerminal(text(comparison)));
    for (const std::string& path : paths) {
      if (!path.empty()) Say("written: {}\n", path);
    }
    return ExitCode::kComplete;
  }

  std::string sweep_, out_, arm_;
  std::string database_ = "results.db";
  bool json_ = false, force_ = false, dry_run_ = false, verbose_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeRecommendCommand() { return std::make_unique<RecommendCommand>(); }

}  // namespace saelaw
