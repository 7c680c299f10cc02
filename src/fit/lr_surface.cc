#include "fit/lr_surface.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "fit/intervals.h"
#include "fit/line_fit.h"
#include "fit/lr_law.h"
#include "fit/lr_sweep.h"
#include "fit/minimise.h"
#include "fit/noise_model.h"
#include "fit/points.h"
#include "fit/valley.h"

namespace saelaw {
namespace {

constexpr double kFurthest = 1.5;  // |ln lr - ln best|, a factor of 4.5
constexpr std::size_t kFewestSizes = 3;

const LrOptimum* OptimumAt(const std::vector<LrOptimum>& optima, double tokens) {
  for (const LrOptimum& optimum : optima) {
    if (std::abs(optimum.tokens / tokens - 1) < 1e-9) return &optimum;
  }
  return nullptr;
}

// The survivors near their size's best rate.
std::vector<Point> NearTheBest(std::span<const Point> points, const LrLawFit& stepwise) {
  std::vector<Point> near;
  for (const Point& point : points) {
    const LrOptimum* optimum = OptimumAt(stepwise.optima, point.tokens);
    if (optimum == nullptr || !(optimum->best_lr > 0)) continue;
    if (!(point.loss > 0 && point.loss <= kOutlierRatio * optimum->loss)) continue;
    if (optimum->first_failure > 0 && point.lr >= optimum->first_failure) continue;
    if (std::abs(std::log(point.lr / optimum->best_lr)) < kFurthest) near.push_back(point);
  }
  return near;
}

// What the search begins with: the loss law of the best rates, and the valley of the optima.
struct Guess {
  Vector base;
  double curvature = 0;
  double level = 0;
  double slope = 0;
};

// The best losses as a sample of the base law.
Sample BestLosses(const std::vector<LrOptimum>& optima, double log_centre) {
  Sample best;
  best.variables = 1;
  for (const LrOptimum& optimum : optima) {
    if (!(optimum.best_lr > 0)) continue;
    best.x.push_back(std::log(optimum.tokens) - log_centre);
    best.y.push_back(std::log(optimum.loss));
    best.w.push_back(1);
  }
  return best;
}

Guess FirstGuess(const std::vector<LrOptimum>& optima, const PowerSum& base, double log_centre) {
  Guess guess;
  std::vector<LinePoint> bottoms;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    bottoms.push_back({std::log(optimum.tokens) - log_centre, std::log(optimum.lr), 1});
    guess.curvature += optimum.curvature;
  }
  guess.curvature /= static_cast<double>(bottoms.size());
  guess.level = bottoms.front().y;
  if (bottoms.size() > 1) {
    const Line line = FitLine(bottoms, {});
    guess.level = line.At(0);
    guess.slope = line.slope;
  }
  const std::vector<Vector> screened = base.Screen(BestLosses(optima, log_centre), 1);
  if (!screened.empty()) guess.base = screened.front();
  return guess;
}

// Several slopes and widths: the joint optimum may lie away from the stepwise one.
Minimum SearchFrom(const Guess& guess, const FittedLaw& fitted, LawFit& law) {
  Minimum best;
  std::vector<Minimum> found;
  for (const double slope : {guess.slope, 0.0, -0.3, 0.3}) {
    for (const double factor : {1.0, 0.3, 3.0}) {
      Vector start = guess.base;
      start.push_back(std::log(guess.curvature * factor));
      start.push_back(guess.level);
      start.push_back(slope);
      found.push_back(Minimise(*fitted.model, fitted.sample, fitted.criterion, start));
      if (best.u.empty() || found.back().objective < best.objective) best = found.back();
    }
  }
  law.starts_tried = static_cast<int>(found.size());
  for (const Minimum& minimum : found) {
    law.starts_at_best += minimum.objective <= best.objective * (1 + 1e-6) ? 1 : 0;
  }
  law.converged = best.converged && best.moved;
  return best;
}

// One parameter with its interval; `logarithm` when the quantity is the parameter's logarithm.
Parameter Described(const char* name,
                    const LogQuantity& quantity,
                    const FittedLaw& fitted,
                    const Uncertainty* uncertainty,
                    bool logarithm) {
  const double value = quantity(fitted.u.data(), nullptr);
  Parameter parameter{name, logarithm ? std::exp(value) : value, {}, false};
  if (uncertainty == nullptr) return parameter;
  parameter.interval = uncertainty->Of(quantity);
  if (logarithm) parameter.interval = Exponential(parameter.interval);
  return parameter;
}

void Describe(const Valley& valley,
              const FittedLaw& fitted,
              const Uncertainty* uncertainty,
              LawFit& law) {
  const Vector base(fitted.u.begin(), fitted.u.begin() + valley.base().Size());
  for (const PowerSum::Named& named : valley.base().Parameters(base)) {
    law.params.push_back(
        Described(named.name.c_str(), valley.OfBase(named.log), fitted, uncertainty, true));
    law.params.back().value = named.value;
    law.params.back().on_bound = named.on_bound;
    if (named.on_bound) law.warnings.push_back(fmt::format("{} is on its bound", named.name));
  }
  law.params.push_back(Described("curvature", valley.Last(0), fitted, uncertainty, true));
  law.params.push_back(Described("lr_coef", valley.LogBestRate(0), fitted, uncertainty, true));
  law.params.push_back(Described("lr_exponent", valley.Last(2), fitted, uncertainty, false));
}

std::function<Prediction(double)> BestRate(std::shared_ptr<const Valley> valley,
                                           std::shared_ptr<const FittedLaw> fitted,
                                           std::shared_ptr<const Uncertainty> uncertainty) {
  return [valley = std::move(valley),
          fitted = std::move(fitted),
          uncertainty = std::move(uncertainty)](double tokens) {
    const LogQuantity rate = valley->LogBestRate(std::log(tokens));
    Prediction prediction;
    prediction.at.tokens = tokens;
    prediction.value = std::exp(rate(fitted->u.data(), nullptr));
    if (uncertainty == nullptr) return prediction;
    prediction.confidence = prediction.prediction = Exponential(uncertainty->Of(rate));
    return prediction;
  };
}

// Replicates are points of one size and rate.
Sample ValleySample(const Valley& valley,
                    const LawInfo& law,
                    const UsablePoints& usable,
                    const Vector& centres) {
  Sample sample = MakeSample(law, usable, centres);
  sample.variables = 2;
  sample.x.clear();
  std::set<std::pair<std::int64_t, std::int64_t>> settings;
  std::vector<std::pair<std::int64_t, std::int64_t>> keys;
  for (const Point& point : usable.points) {
    const Vector row = valley.Row(point);
    sample.x.insert(sample.x.end(), row.begin(), row.end());
    keys.emplace_back(std::llround(row[0] * 1e9), std::llround(row[1] * 1e9));
    settings.insert(keys.back());
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    sample.setting[i] = static_cast<int>(std::distance(settings.begin(), settings.find(keys[i])));
  }
  return sample;
}

std::string WhyRefused(const LrLawFit& stepwise, const std::vector<Point>& near) {
  std::size_t sizes = 0;
  int shown = 0;
  for (const LrOptimum& optimum : stepwise.optima) {
    sizes += optimum.best_lr > 0 ? 1 : 0;
    shown += optimum.censoring == Censoring::kNone ? 1 : 0;
  }
  if (sizes < kFewestSizes) {
    return fmt::format(
        "the lr surface needs at least {} sizes with survivors, got {}", kFewestSizes, sizes);
  }
  if (shown == 0) return "no size shows a minimum in lr: the surface has no valley";
  constexpr std::size_t kParameters = 6;
  if (near.size() > kParameters) return "";
  return fmt::format(
      "the lr surface has {} parameters and only {} usable points", kParameters, near.size());
}

void Finish(std::shared_ptr<const Valley> valley,
            const std::shared_ptr<FittedLaw>& fitted,
            double sd_unit,
            const FitOptions& options,
            LrSurfaceFit& fit) {
  LawFit& law = fit.law;
  law.objective = fitted->objective;
  law.rms_residual = LogRms(*fitted);
  law.noise_sd = SetNoise(sd_unit, *fitted, law.warnings);
  const auto uncertainty = MakeUncertainty(fitted, nullptr, options, law.warnings);
  law.interval_method = uncertainty != nullptr ? uncertainty->Name() : "none";
  Describe(*valley, *fitted, uncertainty.get(), law);
  law.predictor = MakePredictor(
      fitted, uncertainty, [valley](const Point& at) { return valley->Row(at); }, options.level);
  fit.best_rate = BestRate(valley, fitted, uncertainty);
}

void FitNear(const LrLawFit& stepwise,
             const UsablePoints& usable,
             const FitOptions& options,
             LrSurfaceFit& fit) {
  const LawInfo& data = *FindLaw("data");
  const Vector centres = LogCentres(data, usable.points);
  const auto valley =
      std::make_shared<Valley>(PowerSum(data, PowerSum::Floor::kFree, 0, centres), centres[0]);
  const Guess guess = FirstGuess(stepwise.optima, valley->base(), centres[0]);
  if (guess.base.empty()) {
    fit.law.refusal = "the best losses do not fall as the data law wants";
    return;
  }
  auto fitted = std::make_shared<FittedLaw>();
  fitted->model = valley;
  fitted->sample = ValleySample(*valley, data, usable, centres);
  fitted->criterion = {options.estimator, options.huber_delta};
  const Minimum best = SearchFrom(guess, *fitted, fit.law);
  fitted->u = best.u;
  fitted->objective = best.objective;
  Finish(valley, fitted, usable.sd_unit, options, fit);
}

}  // namespace

double LrSurfaceFit::Regret(double delta_ln) const {
  return std::expm1(law.Get("curvature") * delta_ln * delta_ln);
}

LrSurfaceFit FitLrSurface(std::span<const Point> points,
                          std::span<const Point> failed,
                          const FitOptions& options) {
  const LrLawFit stepwise = FitLrLaw(points, failed, options);
  const std::vector<Point> near = NearTheBest(points, stepwise);
  UsablePoints usable = Usable(*FindLaw("data"), near);
  LrSurfaceFit fit;
  fit.law.law = "lr-surface";
  fit.law.estimator = Criterion{options.estimator, options.huber_delta}.Name();
  fit.law.interval_method = "none";
  fit.law.level = options.level;
  fit.law.n_points = static_cast<int>(usable.points.size());
  fit.law.dropped = stepwise.dropped;
  fit.law.warnings = usable.warnings;
  fit.law.refusal = WhyRefused(stepwise, near);
  if (fit.ok()) FitNear(stepwise, usable, options, fit);
  return fit;
}

}  // namespace saelaw
