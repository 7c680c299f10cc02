// `saelaw compare`: which laws of loss hold up on a table of anybody's runs, and what those that do
// say together.
#include <utility>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/fit_arguments.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "fit/fit.h"
#include "report/documents.h"
#include "report/json.h"

namespace saelaw {
namespace {

class CompareCommand : public Command {
 public:
  std::string name() const override { return "compare"; }
  std::string summary() const override {
    return "Put the laws of loss side by side on a table of results";
  }
  std::string examples() const override {
    return "  saelaw compare --csv runs.csv --columns tokens=D,loss=loss --predict tokens=2.1B\n"
           "  saelaw compare --csv runs.csv --columns tokens=D,params=N,loss=loss --json\n\n"
           "Every law that the table has the columns of is fitted to the smaller scales alone and\n"
           "asked for the next ones; those that foretold them are averaged by Akaike's weights\n"
           "(docs/compare.md).";
  }
  std::vector<OptionSpec> options() override {
    std::vector<OptionSpec> all{arguments_.Csv(), arguments_.Columns(), arguments_.WhereOption()};
    for (OptionSpec& option : arguments_.Fitting()) all.push_back(std::move(option));
    all.push_back(arguments_.PlacesOption());
    all.push_back(arguments_.DiscrepancyOption());
    all.push_back(JsonOption(&json_));
    return all;
  }
  ExitCode Run() override {
    const FitOptions options = arguments_.Options();
    const std::vector<Point> places = arguments_.Places();
    const bool discrepancy = arguments_.Discrepancy();
    const CsvPoints table = arguments_.Table();
    Comparison comparison = CompareLaws(table.points, options, places, discrepancy);
    comparison.warnings = table.warnings;
    const std::vector<DroppedPoint> dropped = Dropped(table);
    Print("{}",
          json_ ? CompareJson(comparison, dropped)
                : OnTerminal(CompareDocument(comparison, dropped)));
    return comparison.ok() ? ExitCode::kComplete : ExitCode::kFailure;
  }

 private:
  // Runs that failed are no points of a law of loss, and are counted with the rows that are none.
  static std::vector<DroppedPoint> Dropped(const CsvPoints& table) {
    std::vector<DroppedPoint> dropped;
    for (const Point& failed : table.failed) {
      dropped.push_back({failed.row, std::string(Name(failed.failure))});
    }
    dropped.insert(dropped.end(), table.dropped.begin(), table.dropped.end());
    return dropped;
  }

  FitArguments arguments_{{Estimator::kLeastSquaresLog,
                           "least-squares",
                           "profile; huber and least-absolute: residual"}};
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeCompareCommand() { return std::make_unique<CompareCommand>(); }

}  // namespace saelaw
