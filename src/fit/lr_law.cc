#include "fit/lr_law.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "fit/distributions.h"
#include "fit/line_fit.h"
#include "fit/lr_sweep.h"

namespace saelaw {
namespace {

constexpr int kFewestSizes = 3;

// The line with the factor by which its sds are too small, and what that factor is worth.
struct ScaledLine {
  Line line;
  double scale = 1;
  double df = 0;
  double typical_sd = 0;  // of one optimum, ln
};

std::vector<LinePoint> Uncensored(const std::vector<LrOptimum>& optima) {
  std::vector<LinePoint> points;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    points.push_back({std::log(optimum.tokens), std::log(optimum.lr), optimum.sd_ln});
  }
  return points;
}

double MedianSd(std::vector<LinePoint> points) {
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  std::nth_element(points.begin(), middle, points.end(), [](const auto& a, const auto& b) {
    return a.sd < b.sd;
  });
  return middle->sd;
}

std::vector<LineBound> Bounds(const std::vector<LrOptimum>& optima, double typical_sd) {
  std::vector<LineBound> bounds;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kCliff) continue;
    bounds.push_back({std::log(optimum.tokens),
                      std::log(optimum.lower_bound),
                      std::log(optimum.first_failure),
                      typical_sd});
  }
  return bounds;
}

// The optima's scatter about the line against their own sds: pooled with the sweeps' residuals
// when they agree (F test at 5 %), taken alone when they do not.
ScaledLine Scale(const Line& line, double scatter_df, double residual_df, LrLawFit& fit) {
  ScaledLine scaled{line, 1, scatter_df + residual_df, 0};
  const double ratio = line.chi_square / scatter_df;
  constexpr double kSignificant = 0.05;
  if (residual_df == 0 || FisherTail(ratio, scatter_df, residual_df) < kSignificant) {
    scaled.scale = std::sqrt(ratio);
    scaled.df = scatter_df;
    if (residual_df > 0) {
      fit.warnings.push_back(fmt::format(
          "lack of fit: the optima scatter {:.2g} times their sd about the law", scaled.scale));
    }
    return scaled;
  }
  scaled.scale =
      std::sqrt(std::max(1.0, (residual_df + line.chi_square) / (residual_df + scatter_df)));
  return scaled;
}

Interval Around(double centre, double half) {
  return {std::exp(centre - half), std::exp(centre + half)};
}

void FillLaw(const ScaledLine& scaled, double level, LawFit& law) {
  const Line& line = scaled.line;
  const double quantile = StudentTwoSided(level, scaled.df) * scaled.scale;
  const double slope_half = quantile * std::sqrt(line.slope_variance);
  const double coef_half = quantile * std::sqrt(line.VarianceAt(0));
  law.params = {
      {"coef", std::exp(line.At(0)), Around(line.At(0), coef_half), false},
      {"exponent", line.slope, {line.slope - slope_half, line.slope + slope_half}, false}};
  law.predictor = [scaled, quantile](const Point& at) {
    const double x = std::log(at.tokens);
    const double centre = scaled.line.At(x);
    const double half = quantile * std::sqrt(scaled.line.VarianceAt(x));
    Prediction prediction;
    prediction.at = at;
    prediction.value = std::exp(centre);
    prediction.confidence = Around(centre, half);
    prediction.prediction = Around(centre, std::hypot(half, quantile * scaled.typical_sd));
    return prediction;
  };
}

void WarnCensored(LrLawFit& fit) {
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring == Censoring::kNone) continue;
    fit.warnings.push_back(fmt::format(
        "tokens {:.4g} is censored ({}): its best rate {:.4g} is {}",
        optimum.tokens,
        Name(optimum.censoring),
        optimum.best_lr,
        optimum.censoring == Censoring::kCliff ? "a bound, not an optimum" : "not used"));
  }
}

void FitLine(const SweepOptima& found, double level, LrLawFit& fit) {
  const std::vector<LinePoint> points = Uncensored(fit.optima);
  const double typical_sd = MedianSd(points);
  const Line line = saelaw::FitLine(points, Bounds(fit.optima, typical_sd));
  if (found.residual_df == 0) {
    fit.warnings.push_back("no replicates and bare parabolas: the optima's sds are a guess");
  }
  ScaledLine scaled = Scale(line, static_cast<double>(points.size()) - 2, found.residual_df, fit);
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
    fit.warnings.push_back(fmt::format("{} cliff bound(s) bend the law", line.bounds_active));
  }
  FillLaw(scaled, level, law);
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
  LrSweep sweep = SortSweep(points, failed);
  const SweepOptima found = FindOptima(sweep);
  LrLawFit fit;
  fit.optima = found.optima;
  fit.dropped = std::move(sweep.failures);
  fit.dropped.insert(fit.dropped.end(), sweep.unusable.begin(), sweep.unusable.end());
  fit.law.law = "lr";
  fit.law.estimator = "parabola in ln lr per size, weighted line in ln tokens";
  fit.law.interval_method = "none";
  fit.law.level = options.level;
  fit.law.dropped = fit.dropped;
  fit.law.n_points = static_cast<int>(Uncensored(fit.optima).size());
  fit.law.noise_sd = found.residual_df > 0 ? found.residual_sd : std::nan("");
  WarnCensored(fit);
  if (fit.law.n_points >= kFewestSizes) {
    FitLine(found, options.level, fit);
  } else {
    fit.law.refusal = fmt::format(
        "the lr law needs at least {} sizes whose optimum lies inside the swept rates, got {} of "
        "{}",
        kFewestSizes,
        fit.law.n_points,
        fit.optima.size());
  }
  fit.law.warnings = fit.warnings;
  return fit;
}

double Regret(const LrOptimum& optimum, double delta_ln) {
  if (optimum.censoring != Censoring::kNone) return std::nan("");
  return std::expm1(optimum.curvature * delta_ln * delta_ln);
}

}  // namespace saelaw
