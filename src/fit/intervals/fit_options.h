// What one asks of a fit.
#pragma once

#include <cstdint>

#include "fit/solve/criterion.h"

namespace saelaw {

enum class IntervalMethod {
  kNone,
  kProfileF,
  kBootstrapCase,
  kBootstrapParametric,
  kBootstrapResidual,
  kSandwich
};
enum class FloorRule { kFree, kFixed };

struct FitOptions {
  Estimator estimator = Estimator::kLeastSquaresLog;
  double huber_delta = 1e-3;  // of ln residuals
  FloorRule floor_rule = FloorRule::kFree;
  double floor = 0;  // with kFixed
  IntervalMethod interval_method = IntervalMethod::kProfileF;
  double level = 0.95;
  int bootstrap_resamples = 1000;
  int starts = 12;  // of the search, the most promising first
  // 6·params·tokens (or tokens) of where the law is wanted, for laws with priors: there points far
  // below count less, their sd is 1 + log10(target_cost / cost) times as large. 0: all count alike.
  double target_cost = 0;
  int dropped_before = 0;  // rows of the table that are no points, for the count in a refusal
  std::uint64_t seed = 0;  // makes intervals reproducible
  int threads = 0;         // 0: all cores
  // Whether noise may differ between points (fit/noise/spread.h); studies, whose runs are alike,
  // take it as even.
  bool uneven_noise = false;
};

// What `saelaw fit` asks for unless it is told otherwise: the estimator of published fits with a
// bootstrap; estimators that are a likelihood have a profile instead.
inline FitOptions TableOptions(Estimator estimator = Estimator::kHuberLog) {
  FitOptions options;
  options.estimator = estimator;
  options.uneven_noise = true;
  const bool likelihood =
      estimator == Estimator::kLeastSquaresLog || estimator == Estimator::kStudentLog;
  options.interval_method =
      likelihood ? IntervalMethod::kProfileF : IntervalMethod::kBootstrapResidual;
  return options;
}

}  // namespace saelaw
