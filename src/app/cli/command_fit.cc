// `saelaw fit` answers one law from a table of anybody's runs. It reads options and tables and
// chooses for the user; the fitting is done by fit/ and the printing by report/.
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/command.h"
#include "app/cli/fit_arguments.h"
#include "app/cli/fit_output.h"
#include "app/cli/interrupt.h"
#include "fit/fit.h"
#include "orchestrate/ledger_points.h"
#include "report/render/text_table.h"

namespace saelaw {
namespace {

// The help lists the names from the table of laws, so that a new law needs no change here.
std::string LawNames() {
  std::vector<std::string_view> names;
  for (const LawEntry& law : Laws()) names.push_back(law.info->name);
  return fmt::format("{} (default: data; saelaw laws LAW says what one reads)",
                     fmt::join(names, ", "));
}

class FitCommand : public Command {
 public:
  std::string name() const override { return "fit"; }
  std::string summary() const override {
    return "Fit a scaling law to anyone's table of results, or to a database";
  }
  std::string examples() const override {
    return "  saelaw fit --csv runs.csv --law data --columns tokens=D,loss=loss --predict "
           "tokens=2.1B\n"
           "  saelaw fit --csv runs.csv --law size-data --columns tokens=D,params=N,loss=loss "
           "--json\n"
           "  saelaw fit --csv sweep.csv --law lr --columns "
           "tokens=D,lr=lr,loss=loss,status=status\n"
           "  saelaw fit --csv isoflop.csv --law compute --columns "
           "compute=C,params=N,loss=loss --predict compute=1e21\n"
           "  saelaw fit --csv saes.csv --law size-l0 --columns params=n,l0=k,loss=nmse "
           "--predict params=16M,l0=64\n"
           "  saelaw fit --csv runs.csv --predict-csv places.csv > predicted.csv\n"
           "  saelaw fit --csv runs.csv --html law.html --figures figures\n"
           "  saelaw fit --db results.db --sweep night --law lr --where d_sae=1152\n\n"
           "The table: CSV with a header line (docs/tables.md). Words of a status column:\n" +
           Wrapped(KnownStatusWords(), "  ");
  }
  std::vector<OptionSpec> options() override {
    std::vector<OptionSpec> all{
        arguments_.Csv(false),
        {"--db",
         "Without --csv, fit the finished runs of this database (default: results.db)",
         &database_,
         false,
         "FILE"},
        {"--sweep",
         "Of the database, only runs that this sweep or an arm of it asked for",
         &sweep_,
         false,
         "NAME"},
        {"--law", LawNames(), &law_, false, "LAW"},
        arguments_.Columns()};
    all.push_back({"--formula",
                   "In place of a law: loss as a formula of N (params), D (tokens), C (compute), "
                   "batch, lr, l0 and parameters, as in 'E + A/N^a + B/D^b'",
                   &formula_,
                   false,
                   "FORMULA"});
    all.push_back({"--parameter",
                   "Where the search for a formula's parameter begins, and its bounds; may be "
                   "repeated (default: positive, from many starts)",
                   &parameters_,
                   false,
                   "NAME=START:LO:HI"});
    all.push_back(arguments_.WhereOption());
    all.push_back(
        {"--best",
         "Of a column that the law does not know, keep the value of least loss at each setting",
         &choice_.best,
         false,
         "COLUMN"});
    all.push_back(
        {"--ignore",
         "Pass over a column that the law does not know though it varies; may be repeated",
         &choice_.ignore,
         false,
         "COLUMN"});
    for (OptionSpec& option : arguments_.Fitting()) all.push_back(std::move(option));
    all.push_back({"--criticism",
                   "full or none: what speaks against the law, at up to the cost of the fit "
                   "(default: full)",
                   &criticism_,
                   false,
                   "HOW"});
    all.push_back(arguments_.PlacesOption());
    all.push_back(arguments_.DiscrepancyOption());
    all.push_back({"--force", "Predict also beyond 1,000 times the largest run", &force_});
    for (OptionSpec& option : output_.Options()) all.push_back(std::move(option));
    return all;
  }
  ExitCode Run() override {
    // What is best for a budget hangs on small differences of loss, of which least squares lose
    // least.
    if (law_ == ComputeLaw().name) arguments_.Prefer(Estimator::kLeastSquaresLog);
    // The options are checked first, because reading the table may take a while.
    const FitOptions options = arguments_.Options();
    output_.Check(arguments_.file());
    const std::vector<Point> places = arguments_.Places();
    const bool criticise = Criticises();
    if (formula_.empty() && !parameters_.empty()) throw UsageError("--parameter needs --formula");
    std::shared_ptr<const FormulaLaw> own;
    if (!formula_.empty()) own = MakeFormulaLaw(formula_, parameters_);
    const bool discrepancy = arguments_.Discrepancy();
    const CsvPlaces table = output_.Places(PlaceColumns());
    const LedgerPoints ledger = Points();
    CsvPoints points = ledger.points;
    GuardColumns(own != nullptr ? *own : *RequireLaw(law_).info, choice_, points);
    LawQuestion question{
        law_, points.points, points.failed, options, places, force_, points.dropped};
    question.criticise = criticise;
    question.discrepancy = discrepancy;
    question.labels = points.unread;
    question.own = own.get();
    question.table = table.at;
    LawAnswer answer = AnswerLaw(question);
    // The warnings become part of the answer, so that the text and the JSON both have them.
    WarnOfUnread(answer.law);
    WarnOfTable(points, answer.law);
    if (arguments_.file().empty()) NameRuns(ledger, &answer);
    const auto run_of = [&](std::int64_t row) {
      const RunId run = ledger.FindRun(row);
      return run.empty() ? "" : "run " + run;
    };
    output_.Write(answer, table, {points.points, points.failed, run_of});
    // A refusal is printed like any answer; only the exit code tells a script of it.
    return answer.ok() ? ExitCode::kComplete : ExitCode::kFailure;
  }

 private:
  // Of a table there are no runs to name.
  LedgerPoints Points() const {
    if (arguments_.file().empty()) return PointsOfDatabase();
    if (!sweep_.empty()) throw UsageError("--sweep is of a database: leave --csv out");
    if (!database_.empty()) {
      throw UsageError(
          "fit reads a table (--csv FILE) or a database (--db FILE), not both: leave one out");
    }
    return {arguments_.Table(), {}};
  }

  LedgerPoints PointsOfDatabase() const {
    const std::string database = database_.empty() ? "results.db" : database_;
    if (!std::filesystem::exists(database)) {
      throw UsageError(fmt::format(
          "fit reads a table (--csv FILE) or a database (--db FILE); there is no {}", database));
    }
    const Store store = Store::OpenForReading(database, ShortWatch(database));
    return ReadPoints(store, database, {sweep_, arguments_.columns(), arguments_.where()});
  }

  // Where nothing else is said, a table of places may call them as the database does.
  std::string PlaceColumns() const {
    const bool own = arguments_.file().empty() && arguments_.columns().empty();
    return own ? "params=d_sae,batch=batch_tokens" : arguments_.columns();
  }

  // Options that say how a loss law is fitted mean nothing to laws fitted in closed form.
  void WarnOfUnread(LawFit& law) const {
    const Predicted predicted = law.info->predicted;
    const bool closed = predicted == Predicted::kBestRate || predicted == Predicted::kLargestRate;
    const bool part = predicted == Predicted::kBestParams;  // its valleys; the surface reads them
    if (!closed && !part) return;
    for (const std::string_view name : arguments_.GivenForLossLaws()) {
      law.warnings.push_back(warning::UnreadOption{std::string(name), law_, part});
    }
  }

  // Tells what was decided for the user when the table was read.
  void WarnOfTable(const CsvPoints& points, LawFit& law) const {
    law.warnings.insert(law.warnings.end(), points.warnings.begin(), points.warnings.end());
    if (!law.info->reads_failures || points.without_loss == 0) return;
    law.warnings.push_back(warning::WithoutLoss{static_cast<std::size_t>(points.without_loss)});
  }

  bool Criticises() const {
    if (criticism_ == "full" || criticism_ == "none") return criticism_ == "full";
    throw UsageError(fmt::format("--criticism is full or none, not '{}'", criticism_));
  }

  FitArguments arguments_{{Estimator::kHuberLog,
                           "huber; of the compute law least-squares",
                           "residual; least-squares and student: profile"}};
  std::string law_ = "data", criticism_ = "full", formula_;
  std::string database_, sweep_;  // no database: results.db, where there is no table either
  std::vector<std::string> parameters_;
  ColumnChoice choice_;
  FitOutput output_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeFitCommand() { return std::make_unique<FitCommand>(); }

}  // namespace saelaw
