// The public face of the fits: points in, a law with intervals out.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saelaw {

// How a run that is no point of a law ended, as far as is known.
enum class Failure : std::uint8_t { kUnknown, kDiverged, kCollapsed, kFailed };
// "diverged or collapsed", "diverged", "collapsed", "failed".
std::string_view Name(Failure failure);

// One measured point. A law uses the variables it names; others stay NaN.
struct Point {
  double tokens = std::numeric_limits<double>::quiet_NaN();  // D
  double params =
      std::numeric_limits<double>::quiet_NaN();  // N (for an SAE: d_sae, or 2·d_in·d_sae)
  double lr = std::numeric_limits<double>::quiet_NaN();
  double batch = std::numeric_limits<double>::quiet_NaN();    // tokens per batch
  double compute = std::numeric_limits<double>::quiet_NaN();  // C, FLOP
  double loss = std::numeric_limits<double>::quiet_NaN();
  double sd =
      std::numeric_limits<double>::quiet_NaN();  // of ln loss; NaN: unknown, pooled over seeds
  std::int64_t seed = 0;    // replicates of one setting differ in seed or stream
  std::int64_t stream = 0;  // points of one stream (data order) are correlated
  std::int64_t origin = 0;  // points of one trunk (core/trunk.h) are, more so; 0: of none
  Failure failure = Failure::kUnknown;  // of a run that failed
  std::int64_t row = 0;  // where the point came from, for messages (a CSV line, a run's index)
  // ln of the loss without each group of held-out documents over the loss (fit/held_out_error.h);
  // empty: not known.
  std::vector<double> held_out_shifts{};
};

struct Interval {
  double lo = std::numeric_limits<double>::quiet_NaN();
  double hi = std::numeric_limits<double>::quiet_NaN();
  bool known() const { return lo == lo && hi == hi; }
};

struct Parameter {
  std::string name;  // floor, coef, exponent, coef_n, exponent_n, coef_d, exponent_d
  double value = 0;
  Interval interval;      // unknown (NaN) when the data does not carry one
  bool on_bound = false;  // e.g. a floor of 0
};

struct DroppedPoint {
  std::int64_t row = 0;
  std::string reason;
};

struct Prediction {
  Point at;
  double value = 0;
  Interval confidence;  // of the law's value there
  Interval prediction;  // of one new run there: the law's uncertainty and the seed noise
  // How many times the largest measured value of a variable that is; NaN where nobody asked.
  double extrapolation = std::numeric_limits<double>::quiet_NaN();
};

// kStudentLog: maximum likelihood for noise of Student's t with 4 degrees of freedom, by reweighted
// least squares (Lange, Little & Taylor 1989, J. Am. Stat. Assoc. 84).
enum class Estimator { kHuberLog, kLeastAbsoluteLog, kLeastSquaresLog, kStudentLog };
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
};

// The logarithm of a quantity that follows from a law's parameters, given by their values in the
// order of LawFit::params.
using DerivedQuantity = std::function<double(const std::vector<double>& params)>;

// Why a fit has no parameters: too few distinct sizes, all-equal losses, no valid points.
struct LawFit {
  std::string law;              // data, power, size-data, ...
  std::string estimator;        // "huber(1e-3) on ln", "least squares on ln"
  std::string interval_method;  // "profile/F", "residual bootstrap (1000)", "none"
  std::string assumption;       // of the intervals: how points hang together; empty without any
  double level = 0.95;
  int n_points = 0;
  std::vector<DroppedPoint> dropped;
  std::vector<Parameter> params;  // empty when refused
  // Variables in the formula stand for themselves over these, where the law is of centred ones.
  std::vector<std::pair<std::string, double>> centres;
  double objective = 0;                                        // sum over points
  double rms_residual = 0;                                     // of ln loss
  double noise_sd = std::numeric_limits<double>::quiet_NaN();  // pooled over seeds, of ln loss
  bool converged = false;
  int starts_tried = 0;
  int starts_at_best = 0;
  std::vector<std::string> warnings;
  std::string refusal;  // empty when there is a law

  bool ok() const { return refusal.empty(); }
  // NaN when there is no such parameter.
  double Get(std::string_view name) const;
  const Parameter* Find(std::string_view name) const;
  // Value and intervals at a point, with the error of the held-out documents where it is known
  // (fit/held_out_error.h). Requires ok().
  Prediction Predict(const Point& at) const;
  // The same for a run that is measured on the documents of the law's own points: what these have
  // of their own is the same for both, and no error of the comparison.
  Prediction PredictOnSameSet(const Point& at) const;

  // Set by the fitter: evaluates value and intervals (copies what it needs of the data).
  std::function<Prediction(const Point&)> predictor;
  // Set by AddHeldOutError: what `predictor` was before.
  std::function<Prediction(const Point&)> same_set_predictor;
  // Set by FitLaw when ok(): the interval of ln of a derived quantity; unknown without intervals.
  std::function<Interval(const DerivedQuantity&)> derived;
  // Set by FitLaw when ok(): the sd of the law at `target` once `run` is measured too, over the sd
  // without it (in ln, linearised); NaN where no noise is known.
  std::function<double(const Point& target, const Point& run)> narrowing;
};

// Fits the law named `law` (see fit/laws.h for the table). Never throws for data: points that
// cannot be used are in `dropped`, data that cannot carry the law gives a `refusal`.
// An unknown law name is an Error (usage) that lists the allowed ones.
LawFit FitLaw(std::string_view law, std::span<const Point> points, const FitOptions& options);

}  // namespace saelaw
