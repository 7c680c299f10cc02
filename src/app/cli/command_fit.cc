// `saelaw fit` answers one law from a table of anybody's runs. It reads options and tables and
// chooses for the user; the fitting is done by fit/ and the printing by report/. Options that were
// not given are told apart from their defaults, because some mean nothing to some laws.
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/command.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "core/quantities.h"
#include "fit/fit.h"
#include "report/documents.h"
#include "report/json.h"
#include "report/render/text_table.h"

namespace saelaw {
namespace {

// These are the quantities that --predict can name; the answer to any other name is null.
double* FieldOf(Point& point, std::string_view name) {
  const std::pair<std::string_view, double*> fields[] = {{"tokens", &point.tokens},
                                                         {"params", &point.params},
                                                         {"lr", &point.lr},
                                                         {"batch", &point.batch},
                                                         {"compute", &point.compute}};
  for (const auto& [own, field] : fields) {
    if (own == name) return field;
  }
  return nullptr;
}

// Sets one of them from a part such as "tokens=2.1B".
void SetPart(Point& point, const std::string& part) {
  const std::size_t equals = part.find('=');
  double* field = FieldOf(point, part.substr(0, equals));
  const auto value =
      equals == std::string::npos ? std::nullopt : ParseCount(part.substr(equals + 1));
  if (field == nullptr || !value) {
    throw UsageError(
        fmt::format("--predict takes tokens, params, lr, batch or compute with a number, as in "
                    "tokens=2.1B,params=16384; not '{}'",
                    part));
  }
  *field = *value;
}

// Reads a whole place such as "tokens=2.1B,params=16384". An empty part, as behind a last comma, is
// refused like any other mistake.
Point ParseAt(const std::string& text) {
  Point at;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    SetPart(at, text.substr(begin, end - begin));
    begin = end + 1;
  }
  return at;
}

// The help lists the names from the table of laws, so that a new law needs no change here.
std::string LawNames() {
  std::vector<std::string_view> names;
  for (const LawEntry& law : Laws()) names.push_back(law.info->name);
  return fmt::format("{} (default: data)", fmt::join(names, ", "));
}

class FitCommand : public Command {
 public:
  std::string name() const override { return "fit"; }
  std::string summary() const override { return "Fit a scaling law to anyone's table of results"; }
  std::string examples() const override {
    return "  saelaw fit --csv runs.csv --law data --columns tokens=D,loss=loss --predict "
           "tokens=2.1B\n"
           "  saelaw fit --csv runs.csv --law size-data --columns tokens=D,params=N,loss=loss "
           "--json\n"
           "  saelaw fit --csv sweep.csv --law lr --columns "
           "tokens=D,lr=lr,loss=loss,status=status\n"
           "  saelaw fit --csv isoflop.csv --law compute --columns "
           "compute=C,params=N,loss=loss --predict compute=1e21\n\n"
           "The table: CSV with a header line (docs/tables.md). Words of a status column:\n" +
           Wrapped(KnownStatusWords(), "  ");
  }
  std::vector<OptionSpec> options() override {
    return {
        {"--csv", "Table with a header line (docs/tables.md)", &csv_, true, "FILE"},
        {"--law", LawNames(), &law_, false, "LAW"},
        {"--columns",
         "Which column holds what: tokens, params, lr, batch, sd, seed, stream, status, loss, "
         "compute, origin (the trunk that a run left); a name with commas in quotes: "
         "'loss=\"a, b\"'. Default: columns of these names",
         &columns_,
         false,
         "KEY=NAME,..."},
        {"--estimator",
         "huber, least-absolute, least-squares or student, all on ln loss (default: huber)",
         &estimator_,
         false,
         "NAME"},
        {"--huber",
         "Delta of the Huber loss on ln residuals (default: 1e-3)",
         &huber_,
         false,
         "DELTA"},
        {"--floor", "free, or a fixed value such as 0 (default: free)", &floor_, false, "FLOOR"},
        {"--bootstrap",
         "Resamples of a bootstrap (default: 1000; 0: no intervals); with least-squares or student "
         "also asks for the parametric one",
         &bootstrap_,
         false,
         "R"},
        {"--intervals",
         "residual, bootstrap (of cases), parametric, sandwich, profile or none (default: "
         "residual; "
         "least-squares and student: profile)",
         &intervals_,
         false,
         "METHOD"},
        {"--level", "Of the intervals (default: 0.95)", &level_, false, "LEVEL"},
        {"--predict", "Where to predict; may be repeated", &predict_, false, "KEY=VALUE,..."},
        {"--force", "Predict also beyond 1,000 times the largest run", &force_},
        JsonOption(&json_)};
  }
  ExitCode Run() override {
    // The options are checked first, because reading the table may take a while.
    const FitOptions options = Options();
    const CsvPoints points = ReadCsvPoints(csv_, columns_);
    LawQuestion question{law_, points.points, points.failed, options, {}, force_, points.dropped};
    for (const std::string& text : predict_) question.at.push_back(ParseAt(text));
    LawAnswer answer = AnswerLaw(question);
    // The warnings become part of the answer, so that the text and the JSON both have them.
    WarnOfUnread(answer.law);
    WarnOfTable(points, answer.law);
    Print("{}", json_ ? AnswerJson(answer) : OnTerminal(AnswerDocument(answer)));
    // A refusal is printed like any answer; only the exit code tells a script of it.
    return answer.ok() ? ExitCode::kComplete : ExitCode::kFailure;
  }

 private:
  // Options that say how a loss law is fitted mean nothing to laws fitted in closed form.
  void WarnOfUnread(LawFit& law) const {
    const Predicted predicted = law.info->predicted;
    const bool closed = predicted == Predicted::kBestRate || predicted == Predicted::kLargestRate;
    const bool part = predicted == Predicted::kBestParams;  // its parabolas; the surface reads them
    if (!closed && !part) return;
    for (const auto& [name, given] : {std::pair("--estimator", !estimator_.empty()),
                                      std::pair("--huber", !std::isnan(huber_)),
                                      std::pair("--intervals", !intervals_.empty()),
                                      std::pair("--bootstrap", bootstrap_ != kNotGiven),
                                      std::pair("--floor", floor_ != "free")}) {
      if (!given) continue;
      law.warnings.push_back(fmt::format(
          "{} says nothing to {}", name, part ? "the parabolas" : "the " + law_ + " law"));
    }
  }

  // Tells what was decided for the user when the table was read.
  void WarnOfTable(const CsvPoints& points, LawFit& law) const {
    law.warnings.insert(law.warnings.end(), points.warnings.begin(), points.warnings.end());
    if (!law.info->reads_failures || points.without_loss == 0) return;
    law.warnings.push_back(
        fmt::format("finished runs without a loss are taken as diverged: {}; "
                    "where they are not, say so in a status column",
                    points.without_loss));
  }

  FitOptions Options() const {
    FitOptions options;
    options.estimator = EstimatorNamed();
    options.interval_method = MethodNamed(options.estimator);
    // These conditions are written as the negation of what is allowed, because NaN fails each
    // comparison.
    if (!(huber_ > 0 || std::isnan(huber_))) throw UsageError("--huber must be above 0");
    if (!(level_ > 0 && level_ < 1)) throw UsageError("--level lies between 0 and 1, as 0.95");
    if (bootstrap_ < 0 && bootstrap_ != kNotGiven)
      throw UsageError("--bootstrap must be 0 or more");
    if (!std::isnan(huber_)) options.huber_delta = huber_;
    options.level = level_;
    if (bootstrap_ != kNotGiven) options.bootstrap_resamples = bootstrap_;
    // A method that the user has named is kept, even with no resamples.
    if (bootstrap_ == 0 && intervals_.empty()) options.interval_method = IntervalMethod::kNone;
    if (floor_ != "free") {
      const auto value = ParseCount(floor_);
      if (!value || *value < 0)
        throw UsageError(fmt::format("--floor is free, 0 or a positive number, not '{}'", floor_));
      options.floor_rule = FloorRule::kFixed;
      options.floor = *value;
    }
    return options;
  }

  Estimator EstimatorNamed() const {
    if (estimator_.empty() || estimator_ == "huber") return Estimator::kHuberLog;
    if (estimator_ == "least-absolute") return Estimator::kLeastAbsoluteLog;
    if (estimator_ == "least-squares") return Estimator::kLeastSquaresLog;
    if (estimator_ == "student") return Estimator::kStudentLog;
    throw UsageError(fmt::format(
        "--estimator is huber, least-absolute, least-squares or student, not '{}'", estimator_));
  }

  IntervalMethod MethodNamed(Estimator estimator) const {
    if (intervals_.empty()) {
      // Least squares and student are fits by likelihood, so a profile of it is the default; asking
      // for resamples asks for the parametric bootstrap in its place.
      const bool squares =
          estimator == Estimator::kLeastSquaresLog || estimator == Estimator::kStudentLog;
      if (!squares) return IntervalMethod::kBootstrapResidual;
      return bootstrap_ > 0 ? IntervalMethod::kBootstrapParametric : IntervalMethod::kProfileF;
    }
    if (intervals_ == "residual") return IntervalMethod::kBootstrapResidual;
    if (intervals_ == "bootstrap") return IntervalMethod::kBootstrapCase;
    if (intervals_ == "parametric") return IntervalMethod::kBootstrapParametric;
    if (intervals_ == "sandwich") return IntervalMethod::kSandwich;
    if (intervals_ == "profile") return IntervalMethod::kProfileF;
    if (intervals_ == "none") return IntervalMethod::kNone;
    throw UsageError(fmt::format(
        "--intervals is residual, bootstrap, parametric, sandwich, profile or none, not '{}'",
        intervals_));
  }

  std::string csv_, columns_, intervals_;
  // Zero resamples have a meaning of their own, so that another number stands for "not given".
  static constexpr int kNotGiven = std::numeric_limits<int>::min();
  std::string law_ = "data", estimator_, floor_ = "free";
  double huber_ = std::numeric_limits<double>::quiet_NaN(), level_ = 0.95;
  int bootstrap_ = kNotGiven;
  bool json_ = false, force_ = false;
  std::vector<std::string> predict_;
};

}  // namespace

std::unique_ptr<Command> MakeFitCommand() { return std::make_unique<FitCommand>(); }

}  // namespace saelaw
