// The public face of the fits: points in, a law with intervals out.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fit/intervals/fit_options.h"
#include "fit/laws/law_info.h"
#include "fit/points/assumption.h"
#include "fit/points/fit_refusal.h"
#include "fit/points/fit_warning.h"
#include "fit/points/interval.h"
#include "fit/points/point.h"

namespace saelaw {

struct Parameter {
  std::string name;  // floor, coef, exponent, coef_n, exponent_n, coef_d, exponent_d
  double value = 0;
  Interval interval;      // unknown (NaN) when the data does not carry one
  bool on_bound = false;  // e.g. a floor of 0
};

// What the law being wrong beyond its points adds to an interval, as sds of ln loss to each side;
// `fall` is what they are shares of (fit/compare/discrepancy.h). NaN where nobody asked.
struct Discrepancy {
  double below = std::numeric_limits<double>::quiet_NaN();
  double above = std::numeric_limits<double>::quiet_NaN();
  double fall = std::numeric_limits<double>::quiet_NaN();
};

struct Prediction {
  Point at;
  double value = 0;
  Interval confidence;        // of the law's value there
  Interval prediction;        // of one new run there: the law's uncertainty and the seed noise
  Discrepancy discrepancy{};  // that both have in them
  // How many times the largest measured value of a variable that is; NaN where nobody asked.
  double extrapolation = std::numeric_limits<double>::quiet_NaN();
};

// The logarithm of a quantity that follows from a law's parameters, given by their values in the
// order of LawFit::params.
using DerivedQuantity = std::function<double(const std::vector<double>& params)>;

// ln loss less ln of the law's value, of the point of that row.
struct RowResidual {
  std::int64_t row = 0;
  double value = 0;
};

// By which shares of the promised fall the law may be wrong, and what says so.
struct DiscrepancySource {
  bool known = false;  // false: nobody asked
  double below = 0;
  double above = 0;
  std::size_t own_scales = 0;  // held-out ones of these points, besides pools of published points
};

// Of the errors of a law's parameters, by the method of its intervals: of ln of a parameter where
// `of_log`, as errors of positive parameters are even there, else of the parameter itself. Empty
// without intervals and where a parameter lies on its bound.
struct ParameterCovariance {
  std::vector<std::string> names;  // of the fitted parameters; one that was held has no error
  std::vector<bool> of_log;        // [names]
  std::vector<double> matrix;      // [names, names]

  bool known() const { return !names.empty(); }
};

// Why a fit has no parameters: too few distinct sizes, all-equal losses, no valid points.
struct LawFit {
  const LawInfo* info = nullptr;  // which law; null: nobody asked for one
  std::string estimator;          // "huber(1e-3) on ln", "least squares on ln"
  std::string interval_method;    // "profile/F", "residual bootstrap (1000)", "none"
  Assumption assumption;          // of the intervals: how points hang together
  double level = 0.95;
  int n_points = 0;
  std::vector<DroppedPoint> dropped;
  std::vector<Parameter> params;  // empty when refused
  ParameterCovariance covariance;
  // Variables in the formula stand for themselves over these, where the law is of centred ones.
  std::vector<std::pair<std::string, double>> centres;
  double objective = 0;                                        // sum over points
  double rms_residual = 0;                                     // of ln loss
  double noise_sd = std::numeric_limits<double>::quiet_NaN();  // pooled over seeds, of ln loss
  DiscrepancySource discrepancy;                               // of all predictions
  bool converged = false;
  int starts_tried = 0;
  int starts_at_best = 0;
  int searches = 0;  // from one start each, those of later weights included: what the fit cost
  std::vector<RowResidual> residuals;  // of the usable points, in their order
  FitWarnings warnings;
  std::optional<FitRefusal> refusal;  // why there is none; empty when there is a law
  std::size_t rows = 0;  // of the table that it was asked of, for a refusal; 0: nobody counted

  bool ok() const { return !refusal; }
  std::string_view name() const { return info != nullptr ? info->name : ""; }
  // NaN when there is no such parameter, or null.
  double Get(std::string_view name) const;
  const Parameter* Find(std::string_view name) const;
  // The same by what a parameter is; with no variable named, the first of its role.
  double Get(Role role, std::optional<Variable> of = {}) const;
  const Parameter* Find(Role role, std::optional<Variable> of = {}) const;
  Role FindRole(const Parameter& parameter) const;
  // Value and intervals at a point, with the error of the held-out documents where it is known
  // (fit/intervals/held_out_error.h). Requires ok().
  Prediction Predict(const Point& at) const;
  // The same for a run that is measured on the documents of the law's own points: what these have
  // of their own is the same for both, and no error of the comparison.
  Prediction PredictOnSameSet(const Point& at) const;

  // Set by the fitter: evaluates value and intervals (copies what it needs of the data).
  std::function<Prediction(const Point&)> predictor;
  // Set by AddHeldOutError: what `predictor` was before.
  std::function<Prediction(const Point&)> same_set_predictor;
  // Set by FitLaw when ok(): ln of the law's value, without the work of an interval.
  std::function<double(const Point&)> log_value;
  // Set by FitLaw when ok(): the interval of ln of a derived quantity; unknown without intervals.
  std::function<Interval(const DerivedQuantity&)> derived;
  // Set by FitLaw when ok(): the sd of the law at `target` once `run` is measured too, over the sd
  // without it (in ln, linearised); NaN where no noise is known.
  std::function<double(const Point& target, const Point& run)> narrowing;
};

// Fits a law of loss. Never throws for data: points that cannot be used are in `dropped`, data that
// cannot carry the law gives a `refusal`.
LawFit FitLaw(const LawInfo& law, std::span<const Point> points, const FitOptions& options);
// The same of a law named as in the table (fit/laws/loss_laws.h); another name is a UsageError that
// lists the allowed ones.
LawFit FitLaw(std::string_view law, std::span<const Point> points, const FitOptions& options);

}  // namespace saelaw
