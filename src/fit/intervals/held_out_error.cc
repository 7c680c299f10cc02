// Every law is fitted again without each group of held-out documents. How the refits scatter is the
// error that all points have in common, and it is added in quadrature to what the intervals had.
#include "fit/intervals/held_out_error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "core/held_out.h"
#include "fit/points/held_out_groups.h"
#include "fit/solve/distributions.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Side(double half, double error) { return std::hypot(half, error); }

// Holds the fits without each group; those that gave no law are left out.
using Refits = std::vector<LawFit>;

// Gives the sampling sd of a quantity of the law, or NaN where too many refits gave no law.
template <typename Quantity>
double SamplingSd(const Refits& refits, std::size_t groups, Quantity quantity) {
  if (4 * refits.size() < 3 * groups) return kNaN;
  std::vector<double> values;
  for (const LawFit& refit : refits) values.push_back(quantity(refit));
  return JackknifeError(values);
}

void WidenParameter(
    const Refits& refits, std::size_t groups, double level, bool log, Parameter& parameter) {
  const double sd = SamplingSd(refits, groups, [&](const LawFit& refit) {
    const double value = refit.Get(parameter.name);
    return log ? std::log(value) : value;
  });
  if (log) {
    parameter.interval = WidenedLog(parameter.interval, parameter.value, sd, groups, level);
    return;
  }
  const bool positive = parameter.interval.lo >= 0;  // by nature, as the law's own method sees it
  parameter.interval = Widened(parameter.interval, parameter.value, sd, groups, level);
  if (positive) parameter.interval.lo = std::max(0.0, parameter.interval.lo);
}

}  // namespace

bool IsLogScaled(const LawFit& fit, const Parameter& parameter) {
  return fit.FindRole(parameter) == Role::kCoef && parameter.value > 0 && parameter.interval.lo > 0;
}

void WidenPredictions(const std::function<std::vector<double>(const Point&)>& log_values,
                      std::size_t groups,
                      LawFit& fit) {
  // The old predictor is kept for comparisons on the same documents, where this error cancels.
  fit.same_set_predictor = fit.predictor;
  fit.predictor = [same = fit.predictor, log_values, groups, level = fit.level](const Point& at) {
    Prediction predicted = same(at);
    const std::vector<double> values = log_values(at);
    const double sd = 4 * values.size() < 3 * groups ? kNaN : JackknifeError(values);
    for (Interval* interval : {&predicted.confidence, &predicted.prediction}) {
      *interval = WidenedLog(*interval, predicted.value, sd, groups, level);
    }
    return predicted;
  };
}

Interval Widened(
    const Interval& interval, double centre, double sd, std::size_t groups, double level) {
  if (!interval.known() || !std::isfinite(sd) || groups < 2) return interval;
  // Each side keeps its own length, as the interval need not be symmetric.
  const double error = StudentTwoSided(level, static_cast<double>(groups - 1)) * sd;
  return {centre - Side(centre - interval.lo, error), centre + Side(interval.hi - centre, error)};
}

Interval WidenedLog(
    const Interval& interval, double centre, double sd_ln, std::size_t groups, double level) {
  const Interval log = Widened(
      {std::log(interval.lo), std::log(interval.hi)}, std::log(centre), sd_ln, groups, level);
  if (!interval.known() || !std::isfinite(sd_ln)) return interval;
  return {std::exp(log.lo), std::exp(log.hi)};
}

void AddHeldOutError(std::span<const Point> points, const FitOptions& options, LawFit& fit) {
  const std::size_t groups = HeldOutGroups(points);
  if (!fit.ok() || groups < 2) return;
  FitOptions bare = options;
  // The refits' own intervals would not be looked at.
  bare.interval_method = IntervalMethod::kNone;
  bare.starts = 2;
  bare.threads = 1;
  std::vector<LawFit> all(groups);
  ParallelFor(static_cast<int>(groups), options.threads, [&](int g) {
    const auto group = static_cast<std::size_t>(g);
    all[group] = FitLaw(*fit.info, WithoutGroup(points, group), bare);
  });
  const auto refits = std::make_shared<Refits>();
  for (LawFit& refit : all) {
    if (refit.ok()) refits->push_back(std::move(refit));
  }
  for (Parameter& parameter : fit.params) {
    WidenParameter(*refits, groups, fit.level, IsLogScaled(fit, parameter), parameter);
  }
  WidenPredictions(
      [refits](const Point& at) {
        std::vector<double> values;
        for (const LawFit& refit : *refits) values.push_back(std::log(refit.Predict(at).value));
        return values;
      },
      groups,
      fit);
  // Without intervals there was nothing to widen, and the method's name stays what it was.
  const bool intervals = std::any_of(
      fit.params.begin(), fit.params.end(), [](const auto& p) { return p.interval.known(); });
  if (intervals) fit.interval_method += kWithHeldOutError;
}

}  // namespace saelaw
