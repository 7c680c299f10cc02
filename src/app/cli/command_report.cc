// `saelaw report` writes its files and prints the same document, in the format that was asked for,
// for stdout, so that the two cannot say different things.
#include <cstdio>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "app/cli/report_files.h"
#include "app/cli/terminal_watcher.h"
#include "app/cli/written_figures.h"
#include "core/files.h"
#include "orchestrate/answer.h"
#include "report/documents.h"
#include "report/json.h"
#include "report/render/formats.h"

namespace saelaw {
namespace {

class ReportCommand : public Command {
 public:
  std::string name() const override { return "report"; }
  std::string summary() const override {
    return "Write tables, CSV, JSON and one HTML page with the laws drawn";
  }
  std::string examples() const override {
    return "  saelaw report sweep.yaml                      # analysis/<sweep>/report.html and "
           "more\n"
           "  saelaw report sweep.yaml --out /tmp/morning --json\n"
           "  saelaw report sweep.yaml --format markdown --figures figures > report.md\n"
           "  saelaw report sweep.yaml --arm controller@64   # of a study that compares\n";
  }
  std::vector<OptionSpec> options() override {
    return {SweepArgument(&sweep_),
            DatabaseOption(&database_),
            JsonOption(&json_),
            ArmOption(&arm_),
            {"--out", "Folder of the files (default: analysis/<sweep>)", &out_, false, "FOLDER"},
            {"--format",
             "What is printed on stdout: " + FormatNames() + " (default: text)",
             &format_,
             false,
             "FORMAT"},
            {"--figures", "Write the figures as SVG files there", &figures_, false, "FOLDER"},
            {"--force",
             "Advise also beyond 1,000 times the largest fitted run, or from short runs",
             &force_}};
  }
  ExitCode Run() override {
    // An unknown format is refused before any work is done.
    const Format& format = FormatNamed(format_);
    TerminalWatcher watcher;
    Cache cache(watcher);
    Arms arms = LoadSweep(sweep_, Overrides("", 0, 0)).arms;
    if (!arm_.empty()) arms = OnlyArm(arms, arm_);
    const std::vector<Answer> answers =
        AnswerArms(arms, database_, force_, cache, ShortWatch(database_));
    if (arms.compares()) return ReportComparison(arms, answers, format);
    const Answer& answer = answers.front();
    const std::filesystem::path folder = AnswerFolder(out_, arms.name);
    const Report report = WriteReport(answer, folder);
    PrintDocument(ReportDocument(report), ReportJson(report), format);
    Say("written: {}/report.html report.json runs.csv laws.csv\n", folder.string());
    return ExitCode::kComplete;
  }

 private:
  // The comparison stands in the sweep's folder, and each arm's own report in one inside it.
  ExitCode ReportComparison(const Arms& arms,
                            const std::vector<Answer>& answers,
                            const Format& format) const {
    const std::filesystem::path folder = AnswerFolder(out_, arms.name);
    const ArmsComparison comparison = WriteComparison(arms, answers, folder);
    const document::Document document = ArmsDocument(comparison);
    PrintDocument(document, ArmsJson(comparison), format);
    Say("written: {}/report.html report.json, and the same of each arm in a folder below\n",
        folder.string());
    return ExitCode::kComplete;
  }

  // The figures are written before the text is printed, which may refer to their files.
  void PrintDocument(const document::Document& document,
                     const std::string& json,
                     const Format& format) const {
    if (!figures_.empty()) WriteFigures(document, figures_);
    RenderOptions options = StdoutOptions();
    options.figures = figures_;
    Print("{}", json_ ? json : format.render(document, options));
    std::fflush(stdout);  // the answer first, also where both go to one file
  }

  std::string sweep_, out_, figures_, arm_;
  std::string format_ = "text";
  std::string database_ = "results.db";
  bool json_ = false, force_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeReportCommand() { return std::make_unique<ReportCommand>(); }

}  // namespace saelaw
