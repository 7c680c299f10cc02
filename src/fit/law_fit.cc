#include "fit/law_fit.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fit/intervals.h"
#include "fit/minimise.h"
#include "fit/noise_model.h"
#include "fit/points.h"
#include "fit/power_sum.h"
#include "fit/search.h"
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

// A fit under way: the family member, and the optimum with its data.
struct Work {
  std::shared_ptr<const PowerSum> model;
  std::shared_ptr<FittedLaw> fitted;
};

Work StartWork(const Plan& plan, const UsablePoints& usable, const FitOptions& options) {
  const Vector centres = LogCentres(*plan.law, usable.points);
  Work work;
  work.model = std::make_shared<PowerSum>(*plan.law, plan.floor, plan.fixed_floor, centres);
  work.fitted = std::make_shared<FittedLaw>();
  work.fitted->model = work.model;
  work.fitted->sample = MakeSample(*plan.law, usable, centres);
  work.fitted->criterion = {options.estimator, options.huber_delta};
  return work;
}

// With a free floor: whether the law without one is as good. Then that is the optimum.
void TryWithoutFloor(const Work& work) {
  if (!work.model->has_free_floor()) return;
  FittedLaw& fitted = *work.fitted;
  const Vector start(fitted.u.begin() + 1, fitted.u.end());
  const Minimum found =
      Minimise(work.model->WithFixedFloor(0), fitted.sample, fitted.criterion, start);
  if (!(found.objective <= fitted.objective * (1 + 1e-7))) return;
  fitted.u = work.model->WithoutFloor(found.u);
  fitted.objective = found.objective;
}

void FillParameters(const Work& work, const Uncertainty* uncertainty, LawFit& fit) {
  for (const PowerSum::Named& named : work.model->Parameters(work.fitted->u)) {
    Parameter parameter{named.name, named.value, {}, named.on_bound};
    if (uncertainty != nullptr && named.log) {
      parameter.interval = Exponential(uncertainty->Of(named.log));
    }
    if (named.on_bound) {
      fit.warnings.push_back(fmt::format("{} is on its bound ({:.3g})", named.name, named.value));
    }
    fit.params.push_back(std::move(parameter));
  }
}

void JudgeSearch(const SearchResult& search, const Work& work, LawFit& fit) {
  fit.starts_tried = search.tried;
  fit.starts_at_best = search.at_best;
  fit.converged = search.best.converged && search.best.moved;
  if (!search.best.moved) fit.warnings.push_back("the fit equals its start: not an optimum");
  if (!search.best.converged) fit.warnings.push_back("the search ended before it converged");
  const Curvature curvature = InverseCurvature(*work.model, work.fitted->sample, work.fitted->u);
  constexpr double kIllConditioned = 1e7;
  if (curvature.condition > kIllConditioned && !work.model->FloorVanishes(work.fitted->u)) {
    fit.warnings.push_back("singular Jacobian: the points do not determine all parameters");
  }
}

// Everything after the optimum: noise, intervals, predictor.
void Finish(const Work& work,
            const Plan& plan,
            const UsablePoints& usable,
            const FitOptions& options,
            LawFit& fit) {
  FittedLaw& fitted = *work.fitted;
  fit.objective = fitted.objective;
  fit.rms_residual = LogRms(fitted);
  fit.noise_sd = SetNoise(usable.sd_unit, fitted, fit.warnings);
  std::shared_ptr<const Uncertainty> uncertainty;
  if (!plan.two_sizes) {
    uncertainty = MakeUncertainty(work.fitted, work.model.get(), options, fit.warnings);
  }
  fit.interval_method = uncertainty != nullptr ? uncertainty->Name() : "none";
  FillParameters(work, uncertainty.get(), fit);
  const auto row = [model = work.model](const Point& at) { return model->Row(at); };
  fit.predictor = MakePredictor(work.fitted, uncertainty, row, options.level);
}

void FitUsable(const Plan& plan,
               const UsablePoints& usable,
               const FitOptions& options,
               LawFit& fit) {
  const Work work = StartWork(plan, usable, options);
  FittedLaw& fitted = *work.fitted;
  const SearchResult search =
      Search(*work.model, fitted.sample, fitted.criterion, kStarts, nullptr, options.threads);
  if (search.best.u.empty()) {
    fit.refusal = fmt::format("the loss does not fall as the {} law wants", fit.law);
    return;
  }
  fitted.u = search.best.u;
  fitted.objective = search.best.objective;
  TryWithoutFloor(work);
  JudgeSearch(search, work, fit);
  Finish(work, plan, usable, options, fit);
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
  const bool free_floor = plan.floor == PowerSum::Floor::kFree;
  fit.refusal =
      WhyRefused(law, usable, free_floor ? std::nullopt : std::optional(plan.fixed_floor));
  if (!fit.ok()) return fit;
  WarnTwoSizes(plan, fit);
  FitUsable(plan, usable, options, fit);
  return fit;
}

}  // namespace saelaw
