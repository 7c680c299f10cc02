// All valleys are fitted at once (valley_law.h), with their optima along the law. A size whose best
// rate is censored takes part by what its runs say, but does not count among the sizes that carry a
// law.
#include "fit/rates/lr_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "fit/intervals/intervals.h"
#include "fit/rates/lr_optimum.h"
#include "fit/rates/valley_words.h"
#include "fit/solve/distributions.h"
#include "fit/solve/line_fit.h"

namespace saelaw {
namespace {

// With two sizes the line is exact, and no scatter tells how good it is.
constexpr int kFewestSizes = 3;

// The variables of the law, by name of their exponent. Those after tokens take part where they
// vary.
struct Axis {
  const char* exponent;
  Variable variable;
  double LrOptimum::*of_optimum;
  double Point::*of_point;
};
constexpr std::array<Axis, 3> kAxes = {
    {{"exponent", Variable::kTokens, &LrOptimum::tokens, &Point::tokens},
     {"exponent_n", Variable::kParams, &LrOptimum::params, &Point::params},
     {"exponent_batch", Variable::kBatch, &LrOptimum::batch, &Point::batch}}};
using Axes = std::vector<Axis>;

// All variables enter by their logarithms, in which the law is a line.
Vector Place(const Axes& axes, const LrOptimum& optimum) {
  Vector x;
  for (const Axis& axis : axes) x.push_back(std::log(optimum.*axis.of_optimum));
  return x;
}

// Where the uncensored sizes stand, for the question whether they determine a law.
std::vector<LinePoint> Uncensored(const Axes& axes, const std::vector<LrOptimum>& optima) {
  std::vector<LinePoint> points;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring == Censoring::kNone) points.push_back({Place(axes, optimum), 0, 1});
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
Axes ChooseAxes(const std::vector<LrOptimum>& optima, FitWarnings& warnings) {
  Axes axes = {kAxes[0]};
  for (std::size_t i = 1; i < kAxes.size(); ++i) {
    if (!Varies(kAxes[i], optima)) continue;
    Axes more = axes;
    more.push_back(kAxes[i]);
    if (Determines(Uncensored(more, optima))) {
      axes = more;
    } else {
      warnings.push_back(warning::MovesWithTokens{kAxes[i].variable});
    }
  }
  return axes;
}

// The median is not moved by one optimum that is hardly known.
double MedianSd(const std::vector<LrOptimum>& optima) {
  std::vector<double> sds;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring == Censoring::kNone) sds.push_back(optimum.sd_ln);
  }
  const auto middle = sds.begin() + static_cast<std::ptrdiff_t>(sds.size() / 2);
  std::nth_element(sds.begin(), middle, sds.end());
  return *middle;
}

// `size_sd`: what one more size's optimum is off the law by, in ln.
Prediction PredictRate(
    const Axes& axes, const ValleyLaw& valleys, double level, double size_sd, const Point& at) {
  Vector place;
  for (const Axis& axis : axes) place.push_back(std::log(at.*axis.of_point));
  Prediction prediction;
  prediction.at = at;
  const bool known =
      std::all_of(place.begin(), place.end(), [](double value) { return std::isfinite(value); });
  // Without a place there is no value, and the reader is told what is lacking.
  if (!known) {
    prediction.value = std::nan("");
    return prediction;
  }
  return PredictOptimum(valleys, place, level, size_sd, at);
}

void FillLaw(const Axes& axes,
             const std::shared_ptr<const ValleyLaw>& valleys,
             double size_sd,
             const FitOptions& options,
             LawFit& law) {
  const bool none = options.interval_method == IntervalMethod::kNone;
  const double level = none ? 0 : options.level;
  // Of a quantity without an interval both ends are NaN, which exp leaves as they are.
  const ValleyEstimate coef = valleys->OptimumAt(Vector(axes.size(), 0.0), level);
  law.params = {{"coef", std::exp(coef.value), Exponential(coef.interval), false}};
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const ValleyEstimate slope = valleys->Slope(k, level);
    law.params.push_back({axes[k].exponent, slope.value, slope.interval, false});
  }
  law.predictor = [axes, valleys, level, size_sd](const Point& at) {
    return PredictRate(axes, *valleys, level, size_sd, at);
  };
}

// Each size that is left out is named with what would bring it in.
void WarnCensored(LrLawFit& fit) {
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring == Censoring::kNone) continue;
    fit.warnings.push_back(warning::CensoredOptimum{
        optimum.tokens, optimum.censoring, optimum.best_lr, optimum.first_failure});
  }
}

// The sizes whose cliff holds the law up.
int BindingCliffs(const ValleyLaw& valleys) {
  int binding = 0;
  for (const ValleyGroup& group : valleys.data.groups) {
    if (valleys.OptimumAt(group.place, 0).value < group.bound) ++binding;
  }
  return binding;
}

void WarnOfValleys(const ValleyLaw& valleys, FitWarnings& warnings) {
  WarnOfMisfit(valleys, warnings);
  const int binding = BindingCliffs(valleys);
  if (binding > 0) warnings.push_back(warning::BindingCliffs{binding});
}

// The rms of the uncensored optima about the law, in ln.
double OffTheLaw(const Axes& axes, const ValleyLaw& valleys, const std::vector<LrOptimum>& optima) {
  double square = 0;
  int count = 0;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    square += std::pow(std::log(optimum.lr) - valleys.OptimumAt(Place(axes, optimum), 0).value, 2);
    ++count;
  }
  return std::sqrt(square / count);
}

void FitAlong(const Axes& axes,
              const std::shared_ptr<const ValleyLaw>& valleys,
              const FitOptions& options,
              LrLawFit& fit) {
  LawFit& law = fit.law;
  law.interval_method = valleys->scatters ? "line through scattered optima, Student t"
                                          : "profile of all valleys, Student t";
  if (options.interval_method == IntervalMethod::kNone) law.interval_method = "none";
  law.assumption = ListShapes(*valleys);
  law.objective = valleys->best().line.square;
  law.rms_residual = OffTheLaw(axes, *valleys, fit.optima);
  law.converged = true;
  law.starts_tried = law.starts_at_best = 1;  // the shapes begin at parabolas, in closed form
  WarnOfValleys(*valleys, fit.warnings);
  FillLaw(axes, valleys, std::hypot(MedianSd(fit.optima), valleys->scatter), options, law);
}

// Where nothing measures the noise, the sd is that of the grid, and it is used as if it were known.
void SetIntervals(const ValleyLaw& valleys, double level, std::vector<LrOptimum>& optima) {
  const double df = valleys.ok() ? valleys.free_df : 0;
  const double quantile = df > 0 ? StudentTwoSided(level, df) : NormalTwoSided(level);
  for (LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    optimum.interval = Exponential(Around(std::log(optimum.lr), quantile * optimum.sd_ln));
  }
}

// Each variable besides tokens asks for one more size.
std::optional<FitRefusal> WhyRefused(const Axes& axes,
                                     int uncensored,
                                     const std::vector<LrOptimum>& optima) {
  const int needed = kFewestSizes + static_cast<int>(axes.size()) - 1;
  if (uncensored < needed) {
    return refusal::FewOptima{needed, uncensored, optima.size()};
  }
  if (Determines(Uncensored(axes, optima))) return {};
  return refusal::OneNumberOfTokens{};
}

// With a law all sizes are on it; without, each has an optimum of its own.
ValleyLaw FitValleys(const Axes& axes, bool law, SweptSizes& sizes) {
  ValleyLaw none;
  none.refusal = refusal::NoSurvivor{};
  if (sizes.valleys.groups.empty()) return none;
  for (std::size_t g = 0; g < sizes.of.size(); ++g) {
    sizes.valleys.groups[g].place = Place(axes, sizes.optima[sizes.of[g]]);
  }
  return law ? FitValleyLaw(sizes.valleys) : FitValleysAlone(sizes.valleys);
}

}  // namespace

LrLawFit FitLrLaw(std::span<const Point> points,
                  std::span<const Point> failed,
                  const FitOptions& options) {
  RateTable table = MakeRateTable(points, failed);
  SweptSizes sizes = DescribeSizes(table);
  LrLawFit fit;
  fit.law.n_points = static_cast<int>(Uncensored({}, sizes.optima).size());
  const Axes axes = ChooseAxes(sizes.optima, fit.warnings);
  fit.law.refusal = WhyRefused(axes, fit.law.n_points, sizes.optima);
  const auto valleys = std::make_shared<const ValleyLaw>(FitValleys(axes, fit.ok(), sizes));
  FillOptima(*valleys, sizes);
  fit.optima = std::move(sizes.optima);
  SetIntervals(*valleys, options.level, fit.optima);
  fit.dropped = std::move(table.failures);
  fit.dropped.insert(fit.dropped.end(), table.unusable.begin(), table.unusable.end());
  fit.law.info = &LrLaw();
  fit.law.estimator = "one model of all sizes' valleys in ln lr";
  fit.law.interval_method = "none";
  fit.law.level = options.level;
  fit.law.dropped = fit.dropped;
  // Replicates tell the noise where there are some; what the valleys miss is no noise of seeds.
  if (valleys->ok()) {
    fit.law.noise_sd = valleys->replicate_df > 0 ? valleys->ReplicateSd() : valleys->ResidualSd();
    fit.valleys = valleys;
  }
  WarnCensored(fit);
  if (fit.ok()) fit.law.refusal = valleys->refusal;
  if (fit.ok()) FitAlong(axes, valleys, options, fit);
  // The law carries the warnings too, for readers who see only the law.
  fit.law.warnings = fit.warnings;
  return fit;
}

double LrLawFit::Regret(double delta_ln) const {
  return valleys != nullptr ? std::expm1(valleys->Rise(delta_ln)) : std::nan("");
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
      .source =
          "all valleys of ln loss against ln lr at once, of one shape, their bottoms along the law",
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
