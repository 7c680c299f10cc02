// The order of a fit: plan, search, floor, pooling, noise, intervals. The floor and the pooling may
// still replace the optimum, so noise, intervals and warnings come last and are about the law that
// is shown.
#include "fit/intervals/law_fit.h"

#include <cmath>

#include "core/errors.h"
#include "fit/intervals/covariance.h"
#include "fit/intervals/floor_bound.h"
#include "fit/intervals/intervals.h"
#include "fit/intervals/uneven_noise.h"
#include "fit/laws/loss_laws.h"
#include "fit/laws/reweigh.h"
#include "fit/laws/search.h"
#include "fit/laws/usable_points.h"
#include "fit/noise/noise_model.h"
#include "fit/points/repeats.h"
#include "fit/solve/minimise.h"
#include "fit/solve/parallel.h"
#include "fit/solve/pooling.h"

namespace saelaw {
namespace {

// A search that begins beside an optimum which is nearly the one sought needs few fresh starts.
constexpr int kFreshStarts = 2;

// What is decided before fitting: with two sizes of a one-term law only the pure power law is left.
struct Plan {
  const LawInfo* law = nullptr;
  std::optional<double> fixed_floor;  // empty: free
  bool two_sizes = false;
};

// Two sizes determine two parameters, so the floor is fixed at 0 unless the user has fixed it.
Plan MakePlan(const LawInfo& law, std::span<const Point> points, const FitOptions& options) {
  Plan plan{&law, 0.0, false};
  plan.two_sizes = law.variables.size() == 1 && DistinctValues(points, law.variables[0]) == 2;
  if (law.has_floor && options.floor_rule == FloorRule::kFixed) plan.fixed_floor = options.floor;
  if (law.has_floor && options.floor_rule == FloorRule::kFree && !plan.two_sizes) {
    plan.fixed_floor.reset();
  }
  return plan;
}

void WarnTwoSizes(const Plan& plan, LawFit& fit) {
  if (plan.two_sizes) fit.warnings.push_back(warning::TwoSizes{plan.fixed_floor > 0});
}

// A fit under way: the law, and the optimum with its data.
struct Work {
  std::shared_ptr<const LawModel> model;
  std::shared_ptr<FittedLaw> fitted;
};

Work StartWork(const Plan& plan, const UsablePoints& usable, const FitOptions& options) {
  const Vector centres = LogCentres(*plan.law, usable.points);
  Work work;
  work.model = plan.law->make(*plan.law, {plan.fixed_floor, centres});
  work.fitted = std::make_shared<FittedLaw>();
  work.fitted->model = work.model;
  work.fitted->sample = MakeSample(*plan.law, usable, centres);
  work.fitted->criterion = {options.estimator, options.huber_delta};
  return work;
}

// Tests, with a free floor, whether the law without one is as good. Then that one is the optimum: a
// floor that the points do not ask for would only move along ln floor without an end.
void TryWithoutFloor(const Work& work) {
  if (!work.model->has_free_floor()) return;
  const std::shared_ptr<const LawModel> without = work.model->WithoutFloor();
  if (without == nullptr) return;
  FittedLaw& fitted = *work.fitted;
  const Minimum found =
      Minimise(*without, fitted.sample, fitted.criterion, work.model->DropFloor(fitted.u));
  if (!(found.objective <= fitted.objective * (1 + 1e-7))) return;
  fitted.u = work.model->AddVanishedFloor(found.u);
  fitted.objective = found.objective;
}

// Tells whether the floor, u[0], might as well be 0.
bool FloorIsNearBound(const FittedLaw& with_sign) {
  constexpr double kFar = 4;  // sds
  Vector gradient(with_sign.u.size());
  gradient[0] = 1;
  const Leverage leverage(with_sign);
  const Variance variance =
      Combine(with_sign.noise, leverage.Own(gradient), leverage.Shared(gradient));
  return !(with_sign.u[0] > kFar * std::sqrt(variance.value));
}

// What the intervals are of: where a floor could lie on its bound of 0, the fit with a floor that
// may be negative, since a bound beside the optimum cuts profiles short and lets refits pile up on
// it. What lies below 0 is cut off afterwards; on the bound the intervals with it are taken too
// (fit/intervals/floor_bound.h). Bootstraps, whose refits are fast with a positive floor, take it
// only near the bound.
Work IntervalBasis(const Work& work, const FitOptions& options) {
  const bool local = options.interval_method == IntervalMethod::kProfileF ||
                     options.interval_method == IntervalMethod::kSandwich;
  if (options.interval_method == IntervalMethod::kNone || !work.model->has_free_floor()) {
    return work;
  }
  const std::shared_ptr<const LawModel> signed_model = work.model->WithSignedFloor(work.fitted->u);
  if (signed_model == nullptr) return work;
  Work basis{signed_model, std::make_shared<FittedLaw>(*work.fitted)};
  FittedLaw& fitted = *basis.fitted;
  const Minimum found = Minimise(
      *signed_model, fitted.sample, fitted.criterion, work.model->SignFloor(work.fitted->u));
  // A signed floor that ends in a worse optimum was lost on the way, and is not used.
  if (!(found.objective <= work.fitted->objective * (1 + 1e-9))) return work;
  fitted.model = signed_model;
  fitted.u = found.u;
  fitted.objective = found.objective;
  if (!local && !FloorIsNearBound(fitted)) return work;
  return basis;
}

void FillParameters(
    const Work& work, const Work& basis, const Uncertainty* uncertainty, int threads, LawFit& fit) {
  const std::vector<NamedParameter> values = work.model->Parameters(work.fitted->u);
  const std::vector<NamedParameter> quantities = basis.model->Parameters(basis.fitted->u);
  fit.params.resize(values.size());
  // Each parameter's warnings are kept apart, so that their order does not depend on threads.
  std::vector<FitWarnings> warnings(values.size());
  ParallelFor(static_cast<int>(values.size()), threads, [&](int i) {
    const auto k = static_cast<std::size_t>(i);
    fit.params[k] = DescribeParameter(values[k], quantities[k], uncertainty, warnings[k]);
  });
  for (const auto& own : warnings) fit.warnings.insert(fit.warnings.end(), own.begin(), own.end());
}

void JudgeSearch(const SearchResult& search, const Work& work, LawFit& fit) {
  fit.starts_tried = search.tried;
  fit.starts_at_best = search.at_best;
  fit.converged = search.best.converged && (search.best.moved || Stationary(*work.fitted));
  // A floor that vanished has no derivative, and is said to be on its bound.
  const bool vanished = work.model->FloorVanishes(work.fitted->u);
  for (const SearchFault fault : FindFaults(search.best, *work.fitted)) {
    if (fault == SearchFault::kSingular && vanished) continue;
    fit.warnings.push_back(warning::SearchFaulty{fault});
  }
}

std::shared_ptr<const Uncertainty> MakeUncertainty(const Work& work,
                                                   const Work& basis,
                                                   const FitOptions& options,
                                                   FitWarnings& warnings) {
  auto uncertainty = MakeUncertainty(basis.fitted, basis.model.get(), options, warnings);
  const bool on_bound = basis.model != work.model && work.model->FloorVanishes(work.fitted->u);
  // The sandwich knows no bound.
  if (!on_bound || options.interval_method == IntervalMethod::kSandwich) return uncertainty;
  if (uncertainty == nullptr) return uncertainty;
  // What the second uncertainty has to say was said by the first.
  FitWarnings said_already;
  auto at_bound = std::make_shared<FittedLaw>(*work.fitted);
  at_bound->model = work.model->WithoutFloor();
  at_bound->u = work.model->DropFloor(work.fitted->u);
  work.fitted->on_bound = std::move(at_bound);
  auto bounded = MakeUncertainty(work.fitted, work.model.get(), options, said_already);
  // Refits with the bound pile up on it, and their percentiles say too little (analysis/coverage).
  const double trust = options.interval_method == IntervalMethod::kProfileF ? 1 : 0.7;
  return MakeFloorBound(std::move(uncertainty),
                        std::move(bounded),
                        work.model->Size(),
                        basis.model->LogFloorUnit(),
                        trust);
}

// ln loss less ln of the law, with what each point is: for tables of residuals and their checks.
void FillResiduals(const UsablePoints& usable, const FittedLaw& fitted, LawFit& fit) {
  const Vector weighted = Residuals(*fitted.model, fitted.sample, fitted.u);
  for (std::size_t i = 0; i < weighted.size(); ++i) {
    fit.residuals.push_back({usable.points[i].row, -weighted[i] / fitted.sample.w[i]});
  }
}

// Everything after the optimum: noise, intervals, predictor.
void Finish(const Work& work,
            const Plan& plan,
            const UsablePoints& usable,
            const FitOptions& options,
            LawFit& fit) {
  FittedLaw& fitted = *work.fitted;
  for (const double r : Residuals(*fitted.model, fitted.sample, fitted.u)) {
    fit.objective += fitted.criterion.Value(r);
  }
  fit.rms_residual = LogRms(fitted);
  FillResiduals(usable, fitted, fit);
  fit.noise_sd = SetNoise(usable.sd_unit, fitted, fit.warnings);
  if (options.uneven_noise) FindUnevenNoise(usable, *plan.law, fitted, fit.warnings);
  // The scale of Student's t is smaller than its sd by a known factor.
  if (options.estimator == Estimator::kStudentLog) {
    fitted.noise.within *= kStudentVariance;
    fitted.noise.between *= kStudentVariance;
  }
  const Work basis = IntervalBasis(work, options);
  std::shared_ptr<const Uncertainty> uncertainty;
  // With two sizes the law goes through its points, and no interval is known.
  if (!plan.two_sizes) uncertainty = MakeUncertainty(work, basis, options, fit.warnings);
  fit.interval_method = uncertainty != nullptr ? uncertainty->Name() : "none";
  if (uncertainty != nullptr) fit.assumption = FindAssumption(fitted);
  FillParameters(work, basis, uncertainty.get(), options.threads, fit);
  // A floor that vanished is on its bound in the law that is shown, whatever it is in the basis.
  if (!work.model->FloorVanishes(work.fitted->u)) {
    fit.covariance = ComputeCovariance(basis.model->Parameters(basis.fitted->u), uncertainty.get());
  }
  const auto row = [model = work.model](const Point& at) { return model->Row(at); };
  fit.narrowing = MakeNarrowing(basis.fitted, row);
  fit.log_value = [fitted = work.fitted, row](const Point& at) {
    return fitted->model->LogValue(fitted->u.data(), row(at).data(), nullptr);
  };
  fit.derived = MakeDeriver(basis.model, uncertainty);
  fit.predictor = MakePredictor(work.fitted, basis.fitted, uncertainty, row);
}

// Fits Student's t, by weights and optimum in turn, until neither moves.
Minimum ReweighToStudent(const Work& work, Minimum best) {
  FittedLaw& fitted = *work.fitted;
  const Vector plain = fitted.sample.w;
  const bool moved = best.moved;
  constexpr int kMostRounds = 100;
  double scale = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    const double next = ReweighStudent(*work.model, best.u, plain, scale, fitted.sample);
    best = Minimise(*work.model, fitted.sample, fitted.criterion, best.u);
    const bool settled = std::abs(next / scale - 1) < 1e-8;
    scale = next;
    best.converged = best.converged && settled;
    if (settled) break;
  }
  best.moved = moved || best.moved;
  return best;
}

// Searches with weights and optimum in turn. The first search is a full one, and later ones start
// from what is known.
SearchResult SearchReweighing(const Work& work,
                              const UsablePoints& usable,
                              const FitOptions& options,
                              LawFit& fit) {
  FittedLaw& fitted = *work.fitted;
  // Student's likelihood has several optima: the one beside a robust fit is wanted.
  const bool student = options.estimator == Estimator::kStudentLog;
  const Criterion first = student ? Criterion{Estimator::kHuberLog, 1e-3} : fitted.criterion;
  SearchResult search =
      Search(*work.model, fitted.sample, first, options.starts, nullptr, options.threads);
  fit.searches = search.tried;
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds && !search.best.u.empty(); ++round) {
    if (!Reweigh(*work.model, search.best.u, usable, options.target_cost, fitted.sample)) break;
    const SearchResult again = Search(*work.model,
                                      fitted.sample,
                                      fitted.criterion,
                                      kFreshStarts,
                                      &search.best.u,
                                      options.threads);
    const bool moved = search.best.moved;
    // Counts stay those of the full search: objectives of different weights do not compare.
    search.best = again.best;
    search.best.moved = moved || again.best.moved;
    fit.searches += again.tried;
  }
  if (student && !search.best.u.empty()) {
    search.best = ReweighToStudent(work, search.best);
  }
  return search;
}

// Fits again where streams err together and not every stream is at every size. The optimum is then
// that of generalised least squares; the plain one comes first, because it tells how much streams
// err together.
void PoolByStream(const Work& work,
                  const UsablePoints& usable,
                  const FitOptions& options,
                  LawFit& fit) {
  FittedLaw& fitted = *work.fitted;
  if (options.estimator != Estimator::kLeastSquaresLog || !work.model->Priors().empty()) return;
  if (fitted.sample.clusters == fitted.sample.size()) return;
  FittedLaw plain = fitted;
  FitWarnings said_later;
  SetNoise(usable.sd_unit, plain, said_later);
  if (!plain.noise.clustered() || Balanced(plain.sample)) return;
  fitted.sample.pooling = ComputePooling(plain.sample, plain.noise.within, plain.noise.Shared());
  if (fitted.sample.pooling.empty()) return;
  const SearchResult search = Search(
      *work.model, fitted.sample, fitted.criterion, kFreshStarts, &fitted.u, options.threads);
  // If the pooled search fails, the plain optimum stands.
  if (search.best.u.empty()) {
    fitted.sample.pooling.clear();
    return;
  }
  fitted.u = search.best.u;
  fitted.objective = search.best.objective;
  TryWithoutFloor(work);
  fit.estimator = "generalised least squares on ln, by stream";
}

void FitUsable(const Plan& plan,
               const UsablePoints& usable,
               const FitOptions& options,
               LawFit& fit) {
  const Work work = StartWork(plan, usable, options);
  if (plan.law->centred) {
    const Vector centres = LogCentres(*plan.law, usable.points);
    for (std::size_t k = 0; k < centres.size(); ++k) {
      fit.centres.emplace_back(Name(plan.law->variables[k]), std::exp(centres[k]));
    }
  }
  const SearchResult search = SearchReweighing(work, usable, options, fit);
  if (search.best.u.empty()) {
    // Nothing but a rising or level loss defeats every start.
    fit.refusal = refusal::NoOptimum{std::string(fit.name())};
    return;
  }
  work.fitted->u = search.best.u;
  work.fitted->objective = search.best.objective;
  TryWithoutFloor(work);
  PoolByStream(work, usable, options, fit);
  JudgeSearch(search, work, fit);
  Finish(work, plan, usable, options, fit);
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

const Parameter* LawFit::Find(Role role, std::optional<Variable> of) const {
  if (info == nullptr) return nullptr;
  for (const ParameterInfo& known : info->parameters) {
    if (known.role != role || (of && known.of != of)) continue;
    // A law may list parameters that this fit does not have, such as a size's.
    if (const Parameter* parameter = Find(known.name)) return parameter;
  }
  return nullptr;
}

double LawFit::Get(Role role, std::optional<Variable> of) const {
  const Parameter* parameter = Find(role, of);
  return parameter != nullptr ? parameter->value : std::nan("");
}

Role LawFit::FindRole(const Parameter& parameter) const {
  if (info == nullptr) return Role::kOther;
  for (const ParameterInfo& known : info->parameters) {
    if (known.name == parameter.name) return known.role;
  }
  return Role::kOther;
}

Prediction LawFit::Predict(const Point& at) const { return predictor(at); }

Prediction LawFit::PredictOnSameSet(const Point& at) const {
  return same_set_predictor ? same_set_predictor(at) : predictor(at);
}

LawFit FitLaw(std::string_view name, std::span<const Point> points, const FitOptions& options) {
  return FitLaw(RequireLossLaw(name), points, options);
}

LawFit FitLaw(const LawInfo& law, std::span<const Point> points, const FitOptions& options) {
  UsablePoints usable = Usable(law, points);
  usable.dropped_before = options.dropped_before;
  const Plan plan = MakePlan(law, usable.points, options);
  LawFit fit;
  fit.info = &law;
  fit.estimator = Criterion{options.estimator, options.huber_delta}.Name();
  fit.interval_method = "none";
  fit.level = options.level;
  fit.n_points = static_cast<int>(usable.points.size());
  // A refusal is found before anything is fitted, as it does not depend on the fit.
  fit.refusal = WhyRefused(law, usable, plan.fixed_floor);
  fit.dropped = std::move(usable.dropped);
  fit.warnings = std::move(usable.warnings);
  if (!fit.ok()) return fit;
  WarnTwoSizes(plan, fit);
  FitUsable(plan, usable, options, fit);
  return fit;
}

}  // namespace saelaw
