// Repeats the whole law of rates with each group of documents left out, a little of it at a time,
// and widens the intervals by how far everything moves.
#include "fit/rates/lr_held_out_error.h"

#include <cmath>
#include <memory>

#include "core/held_out.h"
#include "fit/intervals/held_out_error.h"
#include "fit/points/held_out_groups.h"

namespace saelaw {
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
  // A censored optimum is a bound of the grid and does not move with the documents.
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
    const bool log = IsLogScaled(law, parameter);
    for (const LrLawFit& refit : *refits) {
      const double value = refit.law.Get(parameter.name);
      moves.push_back(log ? ScaledUp(std::log(parameter.value), std::log(value))
                          : ScaledUp(parameter.value, value));
    }
    // The scale of widening is that on which the parameter's error is symmetric.
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
  law.interval_method += kWithHeldOutError;
}

}  // namespace

void AddHeldOutError(std::span<const Point> points,
                     std::span<const Point> failed,
                     const FitOptions& options,
                     LrLawFit& fit) {
  const std::size_t groups = HeldOutGroups(points);
  if (groups < 2) return;
  const auto refits = std::make_shared<std::vector<LrLawFit>>();
  // Of refits only the values are asked for, and intervals, which are profiles, cost most of a fit.
  FitOptions values = options;
  values.interval_method = IntervalMethod::kNone;
  for (std::size_t group = 0; group < groups; ++group) {
    refits->push_back(FitLrLaw(WithoutGroup(points, group, kSmallShare), failed, values));
    const LrLawFit& refit = refits->back();
    // If a refit finds other optima than the fit did, moves cannot be compared, and nothing is
    // widened.
    const bool same = refit.optima.size() == fit.optima.size() && refit.ok() == fit.ok();
    if (!same) return;
  }
  for (std::size_t i = 0; i < fit.optima.size(); ++i) {
    WidenOptimum(*refits, i, fit.law.level, fit.optima[i]);
  }
  if (fit.ok()) WidenLrLaw(refits, fit.law);
}

}  // namespace saelaw
