// Optima come from lr_optimum.cc with sds of their own. A weighted line runs through those that are
// optima, cliffs bend it only from below, and its error is scaled by how far the optima scatter
// about it.
#include "fit/rates/lr_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/quantities.h"
#include "fit/rates/lr_optimum.h"
#include "fit/solve/distributions.h"
#include "fit/solve/line_fit.h"

namespace saelaw {
namespace {

// With two sizes the line is exact, and no scatter tells how good it is.
constexpr int kFewestSizes = 3;

// The line with the factor by which its sds are too small, and what that factor is worth.
struct ScaledLine {
  Line line;
  double scale = 1;
  double df = 0;
  double typical_sd = 0;  // of one optimum, ln
};

// The variables of the law, by name of their exponent. Those after tokens take part where they
// vary.
struct Axis {
  const char* exponent;
  const char* name;
  double LrOptimum::*of_optimum;
  double Point::*of_point;
};
constexpr std::array<Axis, 3> kAxes = {
    {{"exponent", "tokens", &LrOptimum::tokens, &Point::tokens},
     {"exponent_n", "params", &LrOptimum::params, &Point::params},
     {"exponent_batch", "batch", &LrOptimum::batch, &Point::batch}}};
using Axes = std::vector<Axis>;

// All variables enter by their logarithms, in which the law is a line.
Vector Place(const Axes& axes, const LrOptimum& optimum) {
  Vector x;
  for (const Axis& axis : axes) x.push_back(std::log(optimum.*axis.of_optimum));
  return x;
}

std::vector<LinePoint> Uncensored(const Axes& axes, const std::vector<LrOptimum>& optima) {
  std::vector<LinePoint> points;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    points.push_back({Place(axes, optimum), std::log(optimum.lr), optimum.sd_ln});
  }
  return points;
}

// Values that agree to 1e-9 are equal, and a quantity that some size lacks is no variable.
bool Varies(const Axis& axis, const std::vector<LrOptimum>& optima) {
  double first = 0;
  for (const LrOptimum& optimum : optima) {
    const double value = optimum.*axis.of_optimum;
    if (optimum.censoring != Censoring::kNone) continue;
    if (!(value > 0)) return false;
    if (first == 0) first = value;
    if (std::abs(value / first - 1) > 1e-9) return true;
  }
  return false;
}

// Chooses the variables: tokens always, and the others where they vary on their own.
Axes ChooseAxes(const std::vector<LrOptimum>& optima, std::vector<std::string>& warnings) {
  Axes axes = {kAxes[0]};
  for (std::size_t i = 1; i < kAxes.size(); ++i) {
    if (!Varies(kAxes[i], optima)) continue;
    Axes more = axes;
    more.push_back(kAxes[i]);
    if (Determines(Uncensored(more, optima))) {
      axes = more;
    } else {
      warnings.push_back(
          fmt::format("{} moves with tokens: one exponent stands for both", kAxes[i].name));
    }
  }
  return axes;
}

// The median is not moved by one optimum that is hardly known.
double MedianSd(std::vector<LinePoint> points) {
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  std::nth_element(points.begin(), middle, points.end(), [](const auto& a, const auto& b) {
    return a.sd < b.sd;
  });
  return middle->sd;
}

// Only a cliff is a bound: at the grid's ends the optimum may be anywhere beyond.
std::vector<LineBound> Bounds(const Axes& axes,
                              const std::vector<LrOptimum>& optima,
                              double typical_sd) {
  std::vector<LineBound> bounds;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kCliff) continue;
    bounds.push_back({Place(axes, optimum),
                      std::log(optimum.lower_bound),
                      std::numeric_limits<double>::infinity(),
                      typical_sd});
  }
  return bounds;
}

// The optima's scatter about the line against their own sds: pooled with the sweeps' residuals
// when they agree (F test at 1 %), taken alone when they do not.
ScaledLine Scale(const Line& line, double scatter_df, double residual_df, LrLawFit& fit) {
  // If nothing else is found, the scatter and the residuals measure one noise.
  ScaledLine scaled{line, 1, scatter_df + residual_df, 0};
  const double ratio = line.chi_square / scatter_df;
  constexpr double kSignificant = 0.01;
  // A sweep without residuals of its own has nothing to compare the scatter with.
  if (residual_df == 0 || FisherTail(ratio, scatter_df, residual_df) < kSignificant) {
    scaled.scale = std::sqrt(ratio);
    scaled.df = scatter_df;
    if (residual_df > 0) {
      fit.warnings.push_back(fmt::format(
          "lack of fit: the optima scatter {:.2g} times their sd about the law", scaled.scale));
    }
    return scaled;
  }
  // When both agree they measure one noise, so both are used.
  scaled.scale = std::sqrt((residual_df + line.chi_square) / (residual_df + scatter_df));
  return scaled;
}

Interval Around(double centre, double half) {
  return {std::exp(centre - half), std::exp(centre + half)};
}

void FillLaw(const Axes& axes, const ScaledLine& scaled, double level, LawFit& law) {
  const Line& line = scaled.line;
  // The quantile carries the scale, so all intervals below widen alike.
  const double quantile = StudentTwoSided(level, scaled.df) * scaled.scale;
  const Vector origin(axes.size(), 0.0);
  const double coef_half = quantile * std::sqrt(line.VarianceAt(origin));
  law.params = {{"coef", std::exp(line.At(origin)), Around(line.At(origin), coef_half), false}};
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const double half = quantile * std::sqrt(line.SlopeVariance(k));
    law.params.push_back(
        {axes[k].exponent, line.slopes[k], {line.slopes[k] - half, line.slopes[k] + half}, false});
  }
  law.predictor = [axes, scaled, quantile](const Point& at) {
    Vector x;
    for (const Axis& axis : axes) x.push_back(std::log(at.*axis.of_point));
    const double centre = scaled.line.At(x);
    const double half = quantile * std::sqrt(scaled.line.VarianceAt(x));
    Prediction prediction;
    prediction.at = at;
    prediction.value = std::exp(centre);
    prediction.confidence = Around(centre, half);
    // A new size's optimum scatters as a typical one does.
    prediction.prediction = Around(centre, std::hypot(half, quantile * scaled.typical_sd));
    return prediction;
  };
}

// Says what a censored optimum means, and which runs would make it a real one.
std::string WhatCensored(const LrOptimum& optimum) {
  const std::string best = fmt::format("the best rate {:.4g}", optimum.best_lr);
  switch (optimum.censoring) {
    case Censoring::kNone:
      break;
    case Censoring::kGridLow:
      return fmt::format("{} is the lowest swept, and not used; widen: run {:.3g} and {:.3g}",
                         best,
                         optimum.best_lr / 2,
                         optimum.best_lr / 4);
    case Censoring::kGridHigh:
      return fmt::format("{} is the highest swept, and not used; widen: run {:.3g} and {:.3g}",
                         best,
                         optimum.best_lr * 2,
                         optimum.best_lr * 4);
    case Censoring::kCliff:
      return fmt::format("{} is a bound, not an optimum: {:.4g} failed; bisect: run {:.3g}",
                         best,
                         optimum.first_failure,
                         std::sqrt(optimum.best_lr * optimum.first_failure));
    case Censoring::kNoSurvivor:
      return fmt::format("no rate survived; widen: run below {:.4g}", optimum.first_failure);
  }
  return "";
}

// Each size that is left out is named with what would bring it in.
void WarnCensored(LrLawFit& fit) {
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring == Censoring::kNone) continue;
    fit.warnings.push_back(fmt::format("{} tokens: the optimum is censored ({}): {}",
                                       FormatCount(optimum.tokens),
                                       Name(optimum.censoring),
                                       WhatCensored(optimum)));
  }
}

void FitAlong(const Axes& axes, const SweepOptima& found, double level, LrLawFit& fit) {
  // Censored optima are no points of the line, though cliffs may bend it.
  const std::vector<LinePoint> points = Uncensored(axes, fit.optima);
  // A bound has no sd of its own and takes that of a typical optimum.
  const double typical_sd = MedianSd(points);
  const Line line = FitLine(points, Bounds(axes, fit.optima, typical_sd));
  if (found.residual_df == 0) {
    fit.warnings.push_back("no replicates and bare parabolas: the optima's sds are a guess");
  }
  // Each variable's slope and the level cost one degree of freedom each.
  const double scatter_df =
      static_cast<double>(points.size()) - 1 - static_cast<double>(axes.size());
  ScaledLine scaled = Scale(line, scatter_df, found.residual_df, fit);
  scaled.typical_sd = typical_sd;
  LawFit& law = fit.law;
  law.interval_method = "weighted line, Student t";
  law.objective = line.chi_square;
  double square = 0;
  for (const LinePoint& point : points) {
    square += (point.y - line.At(point.x)) * (point.y - line.At(point.x));
  }
  law.rms_residual = std::sqrt(square / static_cast<double>(points.size()));
  law.converged = true;
  law.starts_tried = law.starts_at_best = 1;  // linear: one solution
  if (line.bounds_active > 0) {
    fit.warnings.push_back(
        line.bounds_active == 1
            ? std::string("the cliff at one size bends the law")
            : fmt::format("the cliffs at {} sizes bend the law", line.bounds_active));
  }
  FillLaw(axes, scaled, level, law);
}

// Where nothing measures the noise, the sd is that of the grid, and it is used as if it were known.
void SetIntervals(int residual_df, double level, std::vector<LrOptimum>& optima) {
  const double quantile =
      residual_df > 0 ? StudentTwoSided(level, residual_df) : NormalTwoSided(level);
  for (LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    optimum.interval = Around(std::log(optimum.lr), quantile * optimum.sd_ln);
  }
}

// Each variable besides tokens asks for one more size.
std::string WhyRefused(const Axes& axes, const LrLawFit& fit) {
  const int needed = kFewestSizes + static_cast<int>(axes.size()) - 1;
  if (fit.law.n_points < needed) {
    return fmt::format(
        "the lr law needs at least {} sizes whose optimum lies inside the swept rates, got {} of "
        "{}",
        needed,
        fit.law.n_points,
        fit.optima.size());
  }
  if (Determines(Uncensored(axes, fit.optima))) return "";
  return "the lr law needs at least 2 distinct numbers of tokens";
}

}  // namespace

std::string_view Name(Censoring censoring) {
  constexpr std::array<std::string_view, 5> kNames = {
      "none", "grid-low", "grid-high", "cliff", "no-survivor"};
  return kNames.at(static_cast<std::size_t>(censoring));
}

LrLawFit FitLrLaw(std::span<const Point> points,
                  std::span<const Point> failed,
                  const FitOptions& options) {
  RateTable table = MakeRateTable(points, failed);
  const SweepOptima found = FindOptima(table);
  LrLawFit fit;
  fit.optima = found.optima;
  SetIntervals(found.residual_df, options.level, fit.optima);
  fit.dropped = std::move(table.failures);
  fit.dropped.insert(fit.dropped.end(), table.unusable.begin(), table.unusable.end());
  fit.law.info = &LrLaw();
  fit.law.estimator = "parabola in ln lr per size, weighted line in ln tokens";
  fit.law.interval_method = "none";
  fit.law.level = options.level;
  fit.law.dropped = fit.dropped;
  fit.law.n_points = static_cast<int>(Uncensored({}, fit.optima).size());
  // The noise is that of the parabolas' residuals, and unknown without any.
  fit.law.noise_sd = found.residual_df > 0 ? found.residual_sd : std::nan("");
  WarnCensored(fit);
  const Axes axes = ChooseAxes(fit.optima, fit.warnings);
  fit.law.refusal = WhyRefused(axes, fit);
  if (fit.ok()) FitAlong(axes, found, options.level, fit);
  // The law carries the warnings too, for readers who see only the law.
  fit.law.warnings = fit.warnings;
  return fit;
}

// Sizes whose optimum is better known weigh more, as their curvature is too.
double LrLawFit::Curvature() const {
  double sum = 0;
  double weight = 0;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    sum += optimum.curvature / (optimum.sd_ln * optimum.sd_ln);
    weight += 1 / (optimum.sd_ln * optimum.sd_ln);
  }
  return sum / weight;
}

// Beyond the lowest rate that any size was trained at, the parabola would be a guess.
double LrLawFit::ReachBelow() const {
  double reach = 0;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    reach = std::max(reach, std::log(optimum.lr / optimum.lowest));
  }
  return reach;
}

double Regret(const LrOptimum& optimum, double delta_ln) {
  if (optimum.censoring != Censoring::kNone) return std::nan("");
  return std::expm1(optimum.curvature * delta_ln * delta_ln);
}

const LawInfo& LrLaw() {
  static const LawInfo law = {
      .name = "lr",
      .formula = "best lr = coef * tokens^exponent (* params^exponent_n * batch^exponent_batch)",
      .source = "a parabola in ln lr at each size, then a weighted line",
      .variables = {Variable::kTokens, Variable::kLr},
      .parameters = {{"coef", Role::kCoef},
                     {"exponent", Role::kExponent, Variable::kTokens},
                     {"exponent_n", Role::kExponent, Variable::kParams},
                     {"exponent_batch", Role::kExponent, Variable::kBatch}},
      .predicted = Predicted::kBestRate,
      .predicted_at = {Variable::kTokens},
      .reads_failures = true,
      .title = "Optimal learning rate, LR* = coef·tokens^exponent"};
  return law;
}

}  // namespace saelaw
