#include "fit/held_out_error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "core/held_out.h"
#include "fit/distributions.h"
#include "fit/parallel.h"

namespace saelaw {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kMethod = ", with the error of the held-out documents";

double Side(double half, double error) { return std::hypot(half, error); }

// The fits without each group; those that gave no law are left out.
using Refits = std::vector<LawFit>;

// The sampling sd of a quantity of the law; NaN where too many refits gave no law.
template <typename Quantity>
double SamplingSd(const Refits& refits, std::size_t groups, Quantity quantity) {
  if (4 * refits.size() < 3 * groups) return kNaN;
  std::vector<double> values;
  for (const LawFit& refit : refits) values.push_back(quantity(refit));
  return JackknifeError(values);
}

// Coefficients live on a scale of logarithms, floors and exponents do not.
bool IsLog(const Parameter& parameter) {
  return parameter.name.starts_with("coef") && parameter.value > 0 && parameter.interval.lo > 0;
}

void WidenParameter(const Refits& refits, std::size_t groups, double level, Parameter& parameter) {
  const bool log = IsLog(parameter);
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

// `log_values(at)`: ln of the value at a place, from each refit.
void WidenPredictions(const std::function<std::vector<double>(const Point&)>& log_values,
                      std::size_t groups,
                      LawFit& fit) {
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

}  // namespace

std::size_t HeldOutGroups(std::span<const Point> points) {
  std::size_t groups = 0;
  for (const Point& point : points) {
    if (!(point.loss > 0)) continue;
    const std::size_t own = point.held_out_shifts.size();
    if (own == 0 || (groups != 0 && own != groups)) return 0;
    groups = own;
  }
  return groups;
}

std::vector<Point> WithoutGroup(std::span<const Point> points, std::size_t group, double share) {
  std::vector<Point> moved(points.begin(), points.end());
  for (Point& point : moved) {
    if (group < point.held_out_shifts.size()) {
      point.loss *= std::exp(share * point.held_out_shifts[group]);
    }
    point.held_out_shifts.clear();
  }
  return moved;
}

Interval Widened(
    const Interval& interval, double centre, double sd, std::size_t groups, double level) {
  if (!interval.known() || !std::isfinite(sd) || groups < 2) return interval;
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
  bare.interval_method = IntervalMethod::kNone;
  bare.starts = 2;
  bare.threads = 1;
  std::vector<LawFit> all(groups);
  ParallelFor(static_cast<int>(groups), options.threads, [&](int g) {
    const auto group = static_cast<std::size_t>(g);
    all[group] = FitLaw(fit.law, WithoutGroup(points, group), bare);
  });
  const auto refits = std::make_shared<Refits>();
  for (LawFit& refit : all) {
    if (refit.ok()) refits->push_back(std::move(refit));
  }
  for (Parameter& parameter : fit.params) WidenParameter(*refits, groups, fit.level, parameter);
  WidenPredictions(
      [refits](const Point& at) {
        std::vector<double> values;
        for (const LawFit& refit : *refits) values.push_back(std::log(refit.Predict(at).value));
        return values;
      },
      groups,
      fit);
  if (fit.interval_method != "none") fit.interval_method += kMethod;
}

namespace {

// A size's best rate is that of the lowest of a few losses: to see how it moves, all are moved by
// so small a share that the lowest stays the lowest, and the movement is scaled up again (the
// infinitesimal jackknife, Efron & Tibshirani 1993, ch. 21).
constexpr double kSmallShare = 1e-3;

double ScaledUp(double with, double without) { return (without - with) / kSmallShare; }

void WidenOptimum(const std::vector<LrLawFit>& refits,
                  std::size_t place,
                  double level,
                  LrOptimum& optimum) {
  if (optimum.censoring != Censoring::kNone) return;
  std::vector<double> moves;
  for (const LrLawFit& refit : refits) {
    moves.push_back(ScaledUp(std::log(optimum.lr), std::log(refit.optima[place].lr)));
  }
  optimum.held_out_sd_ln = JackknifeError(moves);
  optimum.interval =
      WidenedLog(optimum.interval, optimum.lr, optimum.held_out_sd_ln, refits.size(), level);
}

void WidenLrLaw(const std::shared_ptr<const std::vector<LrLawFit>>& refits, LawFit& law) {
  for (Parameter& parameter : law.params) {
    std::vector<double> moves;
    const bool log = IsLog(parameter);
    for (const LrLawFit& refit : *refits) {
      const double value = refit.law.Get(parameter.name);
      moves.push_back(log ? ScaledUp(std::log(parameter.value), std::log(value))
                          : ScaledUp(parameter.value, value));
    }
    const auto widen = log ? WidenedLog : Widened;
    parameter.interval = widen(
        parameter.interval, parameter.value, JackknifeError(moves), refits->size(), law.level);
  }
  WidenPredictions(
      [refits, same = law.predictor](const Point& at) {
        const double with = std::log(same(at).value);
        std::vector<double> moves;
        for (const LrLawFit& refit : *refits) {
          moves.push_back(ScaledUp(with, std::log(refit.law.Predict(at).value)));
        }
        return moves;
      },
      refits->size(),
      law);
  law.interval_method += kMethod;
}

}  // namespace

void AddHeldOutError(std::span<const Point> points,
                     std::span<const Point> failed,
                     const FitOptions& options,
                     LrLawFit& fit) {
  const std::size_t groups = HeldOutGroups(points);
  if (groups < 2) return;
  const auto refits = std::make_shared<std::vector<LrLawFit>>();
  for (std::size_t group = 0; group < groups; ++group) {
    refits->push_back(FitLrLaw(WithoutGroup(points, group, kSmallShare), failed, options));
    const LrLawFit& refit = refits->back();
    const bool same = refit.optima.size() == fit.optima.size() && refit.ok() == fit.ok();
    if (!same) return;
  }
  for (std::size_t i = 0; i < fit.optima.size(); ++i) {
    WidenOptimum(*refits, i, fit.law.level, fit.optima[i]);
  }
  if (fit.ok()) WidenLrLaw(refits, fit.law);
}

}  // namespace saelaw
