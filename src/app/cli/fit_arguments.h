// What `fit` and `compare` share on the command line: the table and its columns, how laws are
// fitted to it, and where they are to predict.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "fit/fit.h"

namespace saelaw {

// The fields are bound to options, so an object must outlive the parsing of the command line.
class FitArguments {
 public:
  // `estimator` and `intervals` are what the command does where the user names none; they appear in
  // the help as they are given here.
  struct Defaults {
    Estimator estimator = Estimator::kHuberLog;
    std::string estimator_name;
    std::string intervals_help;
  };
  explicit FitArguments(Defaults defaults) : defaults_(std::move(defaults)) {}

  OptionSpec Csv(bool required = true) {
    return {
        "--csv", "Table with a header line (docs/tables.md); - for stdin", &csv_, required, "FILE"};
  }
  OptionSpec Columns();
  OptionSpec WhereOption() {
    return {"--where",
            "Take only rows with this value, as in lr=1e-3 or 'arch!=B' (=, !=, <, <=, >, >=); may "
            "be repeated",
            &where_,
            false,
            "COLUMN=VALUE"};
  }
  // --estimator to --level, in the order of --help.
  std::vector<OptionSpec> Fitting();
  OptionSpec PlacesOption() {
    return {"--predict", "Where to predict; may be repeated", &predict_, false, "KEY=VALUE,..."};
  }

  // Another estimator where the user names none.
  void Prefer(Estimator estimator) { defaults_.estimator = estimator; }
  OptionSpec DiscrepancyOption();

  // Each throws UsageError with what is allowed.
  FitOptions Options() const;
  std::vector<Point> Places() const;
  bool Discrepancy() const;  // whether intervals allow for the law being wrong
  const std::string& file() const { return csv_; }
  const std::string& columns() const { return columns_; }
  const std::vector<std::string>& where() const { return where_; }
  // Reads the table.
  CsvPoints Table() const { return ReadCsvPoints(csv_, columns_, where_); }
  // The options that say how a loss law is fitted, of those that were given.
  std::vector<std::string_view> GivenForLossLaws() const;

 private:
  Estimator EstimatorNamed() const;
  IntervalMethod MethodNamed(Estimator estimator) const;

  Defaults defaults_;
  // Zero resamples have a meaning of their own, so that another number stands for "not given".
  static constexpr int kNotGiven = std::numeric_limits<int>::min();
  std::string csv_, columns_, intervals_, estimator_, floor_ = "free", discrepancy_ = "calibrated";
  double huber_ = std::numeric_limits<double>::quiet_NaN(), level_ = 0.95;
  int bootstrap_ = kNotGiven;
  std::vector<std::string> predict_, where_;
};

}  // namespace saelaw
