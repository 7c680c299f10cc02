// Options that were not given are told apart from their defaults, because some mean nothing to some
// laws, and because the commands differ in their defaults.
#include "app/cli/fit_arguments.h"

#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/quantities.h"

namespace saelaw {
namespace {

// Sets a variable from a part such as "tokens=2.1B".
void SetPart(Point& point, const std::string& part) {
  const std::size_t equals = part.find('=');
  const std::optional<Variable> variable = FindVariable(part.substr(0, equals));
  const auto value =
      equals == std::string::npos ? std::nullopt : ParseCount(part.substr(equals + 1));
  if (!variable || !value) {
    throw UsageError(
        fmt::format("--predict takes tokens, params, lr, batch, compute or l0 with a number, as in "
                    "tokens=2.1B,params=16384; not '{}'",
                    part));
  }
  Set(point, *variable, *value);
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

}  // namespace

OptionSpec FitArguments::Columns() {
  return {
      "--columns",
      "Which column holds what: tokens, params, lr, batch, sd, seed, stream, status, loss, "
      "compute, origin (the trunk that a run left), l0 (active latents); a name with commas in "
      "quotes: "
      "'loss=\"a, b\"'. Default: columns of these names; once some are named, these alone are read",
      &columns_,
      false,
      "KEY=NAME,..."};
}

std::vector<OptionSpec> FitArguments::Fitting() {
  return {
      {"--estimator",
       fmt::format("huber, least-absolute, least-squares or student, all on ln loss (default: {})",
                   defaults_.estimator_name),
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
       fmt::format(
           "residual, bootstrap (of cases), parametric, sandwich, profile or none (default: {})",
           defaults_.intervals_help),
       &intervals_,
       false,
       "METHOD"},
      {"--level", "Of the intervals (default: 0.95)", &level_, false, "LEVEL"}};
}

OptionSpec FitArguments::DiscrepancyOption() {
  return {"--discrepancy",
          "calibrated or none: what intervals beyond the data allow for the law itself being wrong "
          "(default: calibrated; docs/compare.md)",
          &discrepancy_,
          false,
          "HOW"};
}

bool FitArguments::Discrepancy() const {
  if (discrepancy_ == "calibrated" || discrepancy_ == "none") return discrepancy_ == "calibrated";
  throw UsageError(fmt::format("--discrepancy is calibrated or none, not '{}'", discrepancy_));
}

std::vector<Point> FitArguments::Places() const {
  std::vector<Point> places;
  for (const std::string& text : predict_) places.push_back(ParseAt(text));
  return places;
}

std::vector<std::string_view> FitArguments::GivenForLossLaws() const {
  std::vector<std::string_view> given;
  const std::pair<std::string_view, bool> options[] = {
      {"--estimator", !estimator_.empty()},
      {"--huber", !std::isnan(huber_)},
      {"--intervals", !intervals_.empty() && intervals_ != "none"},
      {"--bootstrap", bootstrap_ != kNotGiven},
      {"--floor", floor_ != "free"}};
  for (const auto& [name, is_given] : options) {
    if (is_given) given.push_back(name);
  }
  return given;
}

FitOptions FitArguments::Options() const {
  FitOptions options = TableOptions(EstimatorNamed());
  options.interval_method = MethodNamed(options.estimator);
  // These conditions are written as the negation of what is allowed, because NaN fails each
  // comparison.
  if (!(huber_ > 0 || std::isnan(huber_))) throw UsageError("--huber must be above 0");
  if (!(level_ > 0 && level_ < 1)) throw UsageError("--level lies between 0 and 1, as 0.95");
  if (bootstrap_ < 0 && bootstrap_ != kNotGiven) throw UsageError("--bootstrap must be 0 or more");
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

Estimator FitArguments::EstimatorNamed() const {
  if (estimator_.empty()) return defaults_.estimator;
  if (estimator_ == "huber") return Estimator::kHuberLog;
  if (estimator_ == "least-absolute") return Estimator::kLeastAbsoluteLog;
  if (estimator_ == "least-squares") return Estimator::kLeastSquaresLog;
  if (estimator_ == "student") return Estimator::kStudentLog;
  throw UsageError(fmt::format(
      "--estimator is huber, least-absolute, least-squares or student, not '{}'", estimator_));
}

IntervalMethod FitArguments::MethodNamed(Estimator estimator) const {
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

}  // namespace saelaw
