#include "fit/law_fit.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fit/distributions.h"
#include "fit/minimise.h"
#include "fit/noise_model.h"
#include "fit/points.h"
#include "fit/power_sum.h"
#include "fit/search.h"
#include "fit/uncertainty.h"
#include "run/errors.h"

namespace saelaw {
namespace {

constexpr int kStarts = 12;

// What is decided before fitting: with two sizes of a one-term law only the pure power law is left.
struct Plan {
  const LawInfo* law = nullptr;
  PowerSum::Floor floor = PowerSum::Floor::kFixed;
  double fixed_floor = 0;
  bool two_sizes = false;
};

Plan MakePlan(const LawInfo& law, std::span<const Point> points, const FitOptions& options) {
  Plan plan{&law, PowerSum::Floor::kFixed, 0, false};
  plan.two_sizes = law.terms.size() == 1 && DistinctValues(points, law.terms[0].variable) == 2;
  if (law.has_floor && options.floor_rule == FloorRule::kFixed) plan.fixed_floor = options.floor;
  if (law.has_floor && options.floor_rule == FloorRule::kFree && !plan.two_sizes) {
    plan.floor = PowerSum::Floor::kFree;
  }
  return plan;
}

void WarnTwoSizes(const Plan& plan, LawFit& fit) {
  if (!plan.two_sizes) return;
  fit.warnings.push_back(
      fmt::format("only two sizes: {} through them, without an interval; on SmolLM2-135M "
                  "activations such a law missed the 8-fold point by 6-12 %",
                  plan.fixed_floor > 0 ? "the power law above the fixed floor goes exactly"
                                       : "the pure power law (floor 0) goes exactly"));
}

// With a free floor: whether the law without one is as good. Then that is the optimum.
void TryWithoutFloor(const PowerSum& bare, FittedLaw& fitted) {
  if (!fitted.model->has_free_floor()) return;
  const Vector start(fitted.u.begin() + 1, fitted.u.end());
  const Minimum found = Minimise(bare, fitted.sample, fitted.criterion, start);
  if (!(found.objective <= fitted.objective * (1 + 1e-7))) return;
  fitted.u = fitted.model->WithoutFloor(found.u);
  fitted.objective = found.objective;
}

void FillParameters(const FittedLaw& fitted, const Uncertainty* uncertainty, LawFit& fit) {
  for (const PowerSum::Named& named : fitted.model->Parameters(fitted.u)) {
    Parameter parameter{named.name, named.value, {}, named.on_bound};
    if (uncertainty != nullptr && named.log) {
      const Interval log = uncertainty->Of(named.log);
      parameter.interval = {std::exp(log.lo), std::exp(log.hi)};
    }
    if (named.on_bound) {
      fit.warnings.push_back(fmt::format("{} is on its bound ({:.3g})", named.name, named.value));
    }
    fit.params.push_back(std::move(parameter));
  }
}

std::unique_ptr<Uncertainty> MakeUncertainty(const std::shared_ptr<const FittedLaw>& fitted,
                                             const FitOptions& options,
                                             LawFit& fit) {
  if (fitted->noise_df == 0) {
    fit.warnings.push_back("as many parameters as settings and no replicates: no interval");
    return nullptr;
  }
  switch (options.interval_method) {
    case IntervalMethod::kNone:
      return nullptr;
    case IntervalMethod::kProfileF:
      if (!fitted->criterion.robust()) return MakeProfile(fitted, options.level);
      fit.warnings.push_back("profile/F needs least squares: sandwich intervals instead");
      return MakeSandwich(fitted, options.level);
    case IntervalMethod::kBootstrapCase:
      return MakeBootstrap(fitted, options, false);
    case IntervalMethod::kBootstrapParametric:
      return MakeBootstrap(fitted, options, true);
    case IntervalMethod::kSandwich:
      return MakeSandwich(fitted, options.level);
  }
  return nullptr;
}

// The new run's noise is independent of the fit's error: the two add in quadrature, in ln.
Interval Widen(const Interval& log, double centre, double noise) {
  return {std::exp(centre - std::hypot(centre - log.lo, noise)),
          std::exp(centre + std::hypot(log.hi - centre, noise))};
}

std::function<Prediction(const Point&)> MakePredictor(
    const std::shared_ptr<const FittedLaw>& fitted,
    std::shared_ptr<const Uncertainty> uncertainty,
    double level) {
  return [fitted, uncertainty = std::move(uncertainty), level](const Point& at) {
    Prediction prediction;
    prediction.at = at;
    const LogQuantity log_value = LogValueAt(fitted, fitted->model->Row(at));
    const double centre = log_value(fitted->u.data(), nullptr);
    prediction.value = std::exp(centre);
    if (uncertainty == nullptr || !std::isfinite(centre)) return prediction;
    const Interval log = uncertainty->Of(log_value);
    prediction.confidence = {std::exp(log.lo), std::exp(log.hi)};
    const double noise = StudentTwoSided(level, fitted->noise_df) * fitted->point_sd;
    prediction.prediction = Widen(log, centre, noise);
    return prediction;
  };
}

void JudgeSearch(const SearchResult& search, const FittedLaw& fitted, LawFit& fit) {
  fit.starts_tried = search.tried;
  fit.starts_at_best = search.at_best;
  fit.converged = search.best.converged && search.best.moved;
  if (!search.best.moved) fit.warnings.push_back("the fit equals its start: not an optimum");
  if (!search.best.converged) fit.warnings.push_back("the search ended before it converged");
  const Curvature curvature = InverseCurvature(*fitted.model, fitted.sample, fitted.u);
  constexpr double kIllConditioned = 1e7;
  if (curvature.condition > kIllConditioned && !fitted.model->FloorVanishes(fitted.u)) {
    fit.warnings.push_back("singular Jacobian: the points do not determine all parameters");
  }
}

double RootMeanSquare(const FittedLaw& fitted) {
  double sum = 0;
  for (int i = 0; i < fitted.sample.size(); ++i) {
    const double off = fitted.model->LogValue(fitted.u.data(), fitted.sample.Row(i), nullptr) -
                       fitted.sample.y[static_cast<std::size_t>(i)];
    sum += off * off;
  }
  return std::sqrt(sum / fitted.sample.size());
}

// Everything after the optimum: noise, intervals, predictor.
void Finish(std::shared_ptr<FittedLaw> fitted,
            const Plan& plan,
            const UsablePoints& usable,
            const FitOptions& options,
            LawFit& fit) {
  fit.objective = fitted->objective;
  fit.rms_residual = RootMeanSquare(*fitted);
  fit.noise_sd = SetNoise(usable.sd_unit, *fitted, fit.warnings);
  std::shared_ptr<const Uncertainty> uncertainty;
  if (!plan.two_sizes) uncertainty = MakeUncertainty(fitted, options, fit);
  fit.interval_method = uncertainty != nullptr ? uncertainty->Name() : "none";
  FillParameters(*fitted, uncertainty.get(), fit);
  fit.predictor = MakePredictor(fitted, uncertainty, options.level);
}

void FitUsable(const Plan& plan,
               const UsablePoints& usable,
               const FitOptions& options,
               LawFit& fit) {
  auto fitted = std::make_shared<FittedLaw>();
  const Vector centres = LogCentres(*plan.law, usable.points);
  fitted->model = std::make_shared<PowerSum>(*plan.law, plan.floor, plan.fixed_floor, centres);
  fitted->sample = MakeSample(*plan.law, usable, centres);
  fitted->criterion = {options.estimator, options.huber_delta};
  const SearchResult search =
      Search(*fitted->model, fitted->sample, fitted->criterion, kStarts, nullptr, options.threads);
  if (search.best.u.empty()) {
    fit.refusal = fmt::format("loss does not fall as the {} law wants: no start fits", fit.law);
    return;
  }
  fitted->u = search.best.u;
  fitted->objective = search.best.objective;
  TryWithoutFloor(PowerSum(*plan.law, PowerSum::Floor::kFixed, 0, centres), *fitted);
  JudgeSearch(search, *fitted, fit);
  Finish(fitted, plan, usable, options, fit);
}

const LawInfo& RequireLaw(std::string_view name) {
  if (const LawInfo* law = FindLaw(name)) return *law;
  std::vector<std::string_view> names;
  for (const LawInfo& law : Laws()) names.push_back(law.name);
  throw UsageError(fmt::format("unknown law '{}': allowed are {}", name, fmt::join(names, ", ")));
}

}  // namespace

const Parameter* LawFit::Find(std::string_view name) const {
  for (const Parameter& parameter : params) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

double LawFit::Get(std::string_view name) const {
  const Parameter* parameter = Find(name);
  return parameter != nullptr ? parameter->value : std::nan("");
}

Prediction LawFit::Predict(const Point& at) const { return predictor(at); }

LawFit FitLaw(std::string_view name, std::span<const Point> points, const FitOptions& options) {
  const LawInfo& law = RequireLaw(name);
  UsablePoints usable = Usable(law, points);
  const Plan plan = MakePlan(law, usable.points, options);
  LawFit fit;
  fit.law = std::string(name);
  fit.estimator = Criterion{options.estimator, options.huber_delta}.Name();
  fit.interval_method = "none";
  fit.level = options.level;
  fit.n_points = static_cast<int>(usable.points.size());
  fit.dropped = std::move(usable.dropped);
  fit.warnings = std::move(usable.warnings);
  fit.refusal = WhyRefused(law, usable, plan.floor == PowerSum::Floor::kFree);
  if (!fit.ok()) return fit;
  WarnTwoSizes(plan, fit);
  FitUsable(plan, usable, options, fit);
  return fit;
}

}  // namespace saelaw
