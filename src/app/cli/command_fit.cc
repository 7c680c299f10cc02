#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "fit/csv.h"
#include "fit/law_fit.h"
#include "fit/laws.h"
#include "fit/lr_edge.h"
#include "fit/lr_law.h"
#include "report/json.h"
#include "report/terminal.h"
#include "run/quantities.h"

namespace saelaw {
namespace {

// "tokens=2.1B,params=16384".
Point ParseAt(const std::string& text) {
  Point at;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    const auto value =
        equals == std::string::npos ? std::nullopt : ParseCount(part.substr(equals + 1));
    double* field = key == "tokens"   ? &at.tokens
                    : key == "params" ? &at.params
                    : key == "lr"     ? &at.lr
                    : key == "batch"  ? &at.batch
                                      : nullptr;
    if (field == nullptr || !value) {
      throw UsageError(
          fmt::format("--predict takes tokens, params, lr or batch with a number, as in "
                      "tokens=2.1B,params=16384; not '{}'",
                      part));
    }
    *field = *value;
    begin = end + 1;
  }
  return at;
}

std::vector<Prediction> PredictAll(const LawFit& law, const std::vector<std::string>& wanted) {
  std::vector<Prediction> predictions;
  for (const std::string& text : wanted) {
    const Point at = ParseAt(text);
    if (law.ok()) predictions.push_back(law.Predict(at));
  }
  return predictions;
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
           "tokens=D,lr=lr,loss=loss,status=status\n";
  }
  std::vector<OptionSpec> options() override {
    return {
        {"--csv", "Table with a header line", &csv_, true, "FILE"},
        {"--law", "data, power, size-data, lr or lr-edge (default: data)", &law_, false, "LAW"},
        {"--columns",
         "Which column holds what: tokens, params, lr, batch, sd, seed, stream, status, loss",
         &columns_,
         false,
         "KEY=NAME,..."},
        {"--estimator",
         "huber, least-absolute or least-squares, all on ln loss (default: huber)",
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
         "Resamples of the case bootstrap (default: 1000; 0: no intervals)",
         &bootstrap_,
         false,
         "R"},
        {"--intervals",
         "bootstrap, parametric, sandwich, profile or none (default: bootstrap; least-squares: "
         "profile)",
         &intervals_,
         false,
         "METHOD"},
        {"--level", "Of the intervals (default: 0.95)", &level_, false, "LEVEL"},
        {"--predict", "Where to predict; may be repeated", &predict_, false, "KEY=VALUE,..."},
        JsonOption(&json_)};
  }
  ExitCode Run() override {
    const FitOptions options = Options();
    const CsvColumns columns = columns_.empty() ? CsvColumns{} : ParseCsvColumns(columns_);
    const CsvPoints points = ReadCsvPoints(csv_, columns);
    if (law_ == "lr") return PrintLr(points, options);
    if (law_ == "lr-edge") return PrintEdge(points, options);
    LawFit law = FitLaw(law_, points.points, options);
    law.dropped.insert(law.dropped.end(), points.dropped.begin(), points.dropped.end());
    for (const Point& failed : points.failed)
      law.dropped.push_back({failed.row, "diverged or collapsed"});
    const auto predictions = PredictAll(law, predict_);
    fmt::print("{}", json_ ? FitJson(law, predictions) : FitText(law, predictions, Colour()));
    return law.ok() ? ExitCode::kComplete : ExitCode::kFailure;
  }

 private:
  static bool Colour() { return ::isatty(STDOUT_FILENO) == 1; }

  ExitCode PrintLr(const CsvPoints& points, const FitOptions& options) const {
    const LrLawFit fit = FitLrLaw(points.points, points.failed, options);
    const auto predictions = PredictAll(fit.law, predict_);
    fmt::print("{}", json_ ? LrLawJson(fit, predictions) : LrLawText(fit, predictions, Colour()));
    return fit.ok() ? ExitCode::kComplete : ExitCode::kFailure;
  }

  ExitCode PrintEdge(const CsvPoints& points, const FitOptions& options) const {
    const LrEdgeFit fit = FitLrEdge(points.points, points.failed, options);
    const auto predictions = PredictAll(fit.law, predict_);
    fmt::print("{}", json_ ? LrEdgeJson(fit, predictions) : LrEdgeText(fit, predictions, Colour()));
    return fit.ok() ? ExitCode::kComplete : ExitCode::kFailure;
  }

  FitOptions Options() const {
    FitOptions options;
    options.estimator = EstimatorNamed();
    options.interval_method = MethodNamed(options.estimator);
    if (!(huber_ > 0)) throw UsageError("--huber must be above 0");
    if (!(level_ > 0 && level_ < 1)) throw UsageError("--level lies between 0 and 1, as 0.95");
    if (bootstrap_ < 0) throw UsageError("--bootstrap must be 0 or more");
    options.huber_delta = huber_;
    options.level = level_;
    options.bootstrap_resamples = bootstrap_;
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
    if (estimator_ == "huber") return Estimator::kHuberLog;
    if (estimator_ == "least-absolute") return Estimator::kLeastAbsoluteLog;
    if (estimator_ == "least-squares") return Estimator::kLeastSquaresLog;
    throw UsageError(
        fmt::format("--estimator is huber, least-absolute or least-squares, not '{}'", estimator_));
  }

  IntervalMethod MethodNamed(Estimator estimator) const {
    if (intervals_.empty()) {
      return estimator == Estimator::kLeastSquaresLog ? IntervalMethod::kProfileF
                                                      : IntervalMethod::kBootstrapCase;
    }
    if (intervals_ == "bootstrap") return IntervalMethod::kBootstrapCase;
    if (intervals_ == "parametric") return IntervalMethod::kBootstrapParametric;
    if (intervals_ == "sandwich") return IntervalMethod::kSandwich;
    if (intervals_ == "profile") return IntervalMethod::kProfileF;
    if (intervals_ == "none") return IntervalMethod::kNone;
    throw UsageError(fmt::format(
        "--intervals is bootstrap, parametric, sandwich, profile or none, not '{}'", intervals_));
  }

  std::string csv_, columns_, intervals_;
  std::string law_ = "data", estimator_ = "huber", floor_ = "free";
  double huber_ = 1e-3, level_ = 0.95;
  int bootstrap_ = 1000;
  bool json_ = false;
  std::vector<std::string> predict_;
};

}  // namespace

std::unique_ptr<Command> MakeFitCommand() { return std::make_unique<FitCommand>(); }

}  // namespace saelaw
