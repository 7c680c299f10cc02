// All rates near each size's best are fitted at once, with one law of loss and one valley of rates.
// The stepwise law gives the start and says which runs are near enough to the best to lie on a
// parabola.
#include "fit/rates/lr_surface.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "fit/intervals/covariance.h"
#include "fit/intervals/intervals.h"
#include "fit/laws/power_sum.h"
#include "fit/laws/usable_points.h"
#include "fit/laws/valley.h"
#include "fit/noise/noise_model.h"
#include "fit/points/repeats.h"
#include "fit/rates/lr_optimum.h"
#include "fit/rates/rate_table.h"
#include "fit/solve/line_fit.h"
#include "fit/solve/minimise.h"

namespace saelaw {
namespace {

constexpr std::size_t kFewestSizes = 3;

// Keeps the survivors near their size's best rate. `table` and `stepwise` must be of the same rows.
std::vector<Point> NearTheBest(std::span<const Point> points,
                               const RateTable& table,
                               const LrLawFit& stepwise) {
  std::vector<Point> near;
  for (const Point& point : points) {
    const std::optional<std::size_t> at = table.FindIndex(point);
    if (!at) continue;
    const LrOptimum& optimum = stepwise.optima[*at];  // one for each size
    if (!(optimum.best_lr > 0)) continue;
    // The rules of failure are those of the table, so that a run is not good here and bad there.
    if (!WhyFailed(point.loss, table.sizes[*at].lowest_loss).empty()) continue;
    if (optimum.first_failure > 0 && point.lr >= optimum.first_failure) continue;
    // The fitted optimum is less of a matter of luck than the best of the runs.
    if (std::abs(std::log(point.lr / optimum.lr)) < kFurthest) near.push_back(point);
  }
  return near;
}

// The loss is that of the optimum, and the rate the best one that was run.
Point MakeSurfacePoint(const LrOptimum& optimum) {
  Point point;
  point.tokens = optimum.tokens;
  point.params = optimum.params;
  point.batch = optimum.batch;
  point.lr = optimum.best_lr;
  point.loss = optimum.loss;
  return point;
}

// What the search begins with: the loss law of the best rates, and the valley of the optima.
struct Guess {
  Vector base;
  double curvature = 0;
  double level = 0;
  Vector slopes;
};

// Gives the best losses as a sample of the base law.
Sample BestLosses(const std::vector<LrOptimum>& optima, const LawModel& base) {
  Sample best;
  for (const LrOptimum& optimum : optima) {
    if (!(optimum.best_lr > 0)) continue;
    const Vector row = base.Row(MakeSurfacePoint(optimum));
    best.variables = static_cast<int>(row.size());
    best.x.insert(best.x.end(), row.begin(), row.end());
    best.y.push_back(std::log(optimum.loss));
    best.w.push_back(1);
  }
  return best;
}

Guess FirstGuess(const std::vector<LrOptimum>& optima, const Valley& valley) {
  Guess guess;
  std::vector<LinePoint> bottoms;
  for (const LrOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    // All optima weigh alike here, since this is only a start.
    bottoms.push_back({valley.base().Row(MakeSurfacePoint(optimum)), std::log(optimum.lr), 1});
    guess.curvature += optimum.curvature;
  }
  guess.curvature /= static_cast<double>(bottoms.size());
  guess.level = bottoms.front().y;
  guess.slopes.assign(static_cast<std::size_t>(valley.variables()), 0.0);
  // With too few different sizes the valley begins level and its slopes are left to the search.
  if (Determines(bottoms)) {
    const Line line = FitLine(bottoms, {});
    guess.level = line.At(guess.slopes);
    guess.slopes = line.slopes;
  }
  const std::vector<Vector> starts = valley.base().Starts(BestLosses(optima, valley.base()), 1);
  if (!starts.empty()) guess.base = starts.front();
  return guess;
}

// Several slopes and widths: the joint optimum may lie away from the stepwise one.
std::vector<Vector> StartsAround(const Guess& guess) {
  std::vector<Vector> starts;
  for (const double factor : {1.0, 0.3, 3.0}) {
    Vector start = guess.base;
    start.push_back(std::log(guess.curvature * factor));
    start.push_back(guess.level);
    start.insert(start.end(), guess.slopes.begin(), guess.slopes.end());
    starts.push_back(start);
    // The last slope is that of tokens, about which the stepwise law may be most wrong.
    for (const double slope : {0.0, -0.3, 0.3}) {
      start.back() = slope;
      starts.push_back(start);
    }
  }
  return starts;
}

Minimum SearchFrom(const Guess& guess, const FittedLaw& fitted, LawFit& law) {
  Minimum best;
  // The starts are few and each search is short, so they run one after the other.
  std::vector<Minimum> found;
  for (const Vector& start : StartsAround(guess)) {
    found.push_back(Minimise(*fitted.model, fitted.sample, fitted.criterion, start));
    if (best.u.empty() || found.back().objective < best.objective) best = found.back();
  }
  law.starts_tried = static_cast<int>(found.size());
  for (const Minimum& minimum : found) {
    law.starts_at_best += minimum.objective <= best.objective * (1 + 1e-6) ? 1 : 0;
  }
  // A search that did not move is not believed, even if the solver stopped by itself.
  law.converged = best.converged && best.moved;
  return best;
}

// Student's t is fitted by reweighting, which the surface does not do.
Estimator ChooseEstimator(const FitOptions& options) {
  const bool student = options.estimator == Estimator::kStudentLog;
  return student ? Estimator::kLeastSquaresLog : options.estimator;
}

// Lists all parameters of the surface in the order of LrSurfaceFit::law.
std::vector<NamedParameter> NamedParameters(const Valley& valley, const Vector& u) {
  const Vector base(u.begin(), u.begin() + valley.base().Size());
  std::vector<NamedParameter> named = valley.base().Parameters(base);
  for (NamedParameter& parameter : named) {
    if (parameter.quantity) parameter.quantity = valley.OfBase(parameter.quantity);
  }
  const auto add = [&](const char* name, const LogQuantity& quantity, bool linear) {
    const double value = quantity(u.data(), nullptr);
    named.push_back({name, linear ? value : std::exp(value), false, quantity, linear});
  };
  const auto variables = static_cast<std::size_t>(valley.variables());
  // The order is that of the law's own list of parameters.
  add("curvature", valley.Own(0), false);
  add("lr_coef", valley.LogBestRate(Vector(variables, 0.0)), false);
  // The last variable is tokens.
  add("lr_exponent", valley.Own(1 + valley.variables()), true);
  if (variables > 1) add("lr_exponent_n", valley.Own(2), true);
  return named;
}

std::function<Prediction(const Point&)> BestRate(std::shared_ptr<const Valley> valley,
                                                 std::shared_ptr<const FittedLaw> fitted,
                                                 std::shared_ptr<const Uncertainty> uncertainty) {
  return [valley = std::move(valley),
          fitted = std::move(fitted),
          uncertainty = std::move(uncertainty)](const Point& at) {
    Vector place = {std::log(at.tokens)};
    // The law of size and data has size first.
    if (valley->variables() > 1) place.insert(place.begin(), std::log(at.params));
    const LogQuantity rate = valley->LogBestRate(place);
    Prediction prediction;
    prediction.at = at;
    prediction.value = std::exp(rate(fitted->u.data(), nullptr));
    // Without intervals the value alone is given.
    if (uncertainty == nullptr) return prediction;
    prediction.confidence = Exponential(uncertainty->Of(rate));
    return prediction;
  };
}

// Makes the sample, in which replicates are points of one size and one rate.
Sample ValleySample(const Valley& valley,
                    const LawInfo& law,
                    const UsablePoints& usable,
                    const Vector& centres) {
  Sample sample = MakeSample(law, usable, centres);
  // The sample is that of the base law, with rows that know the rate as well.
  sample.x.clear();
  std::set<Vector> settings;
  std::vector<Vector> rows;
  for (const Point& point : usable.points) {
    rows.push_back(valley.Row(point));
    sample.x.insert(sample.x.end(), rows.back().begin(), rows.back().end());
    // Equal to about 1e-9.
    for (double& value : rows.back()) value = std::round(value * 1e9);
    settings.insert(rows.back());
  }
  sample.variables = valley.variables() + 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sample.setting[i] = static_cast<int>(std::distance(settings.begin(), settings.find(rows[i])));
  }
  return sample;
}

// Says what varies among the points and is no variable of the base law: there, points would pass
// for replicates that are none.
std::optional<FitRefusal> WhyMixed(const LawInfo& base, const std::vector<Point>& near) {
  const bool sized = base.variables.size() > 1;
  for (const auto& [variable, known] :
       {std::pair(Variable::kParams, sized), std::pair(Variable::kBatch, false)}) {
    if (known || near.empty() || std::isnan(Get(near.front(), variable))) continue;
    const int distinct = DistinctValues(near, variable);
    if (distinct < 2) continue;
    return refusal::Mixed{variable, distinct};
  }
  return {};
}

std::optional<FitRefusal> WhyRefused(const LrLawFit& stepwise,
                                     std::size_t usable,
                                     std::size_t parameters) {
  // Sizes with survivors carry the law, and those with an optimum show the valley.
  std::size_t sizes = 0;
  int shown = 0;
  for (const LrOptimum& optimum : stepwise.optima) {
    sizes += optimum.best_lr > 0 ? 1 : 0;
    shown += optimum.censoring == Censoring::kNone ? 1 : 0;
  }
  // Each reason names what is missing, as the user can often run it.
  if (sizes < kFewestSizes) return refusal::FewSurvivingSizes{kFewestSizes, sizes};
  if (shown == 0) return refusal::NoMinimum{};
  if (usable > parameters) return {};
  return refusal::FewForSurface{parameters, usable};
}

void Finish(const std::shared_ptr<const Valley>& valley,
            const std::shared_ptr<FittedLaw>& fitted,
            double sd_unit,
            const FitOptions& options,
            LrSurfaceFit& fit) {
  LawFit& law = fit.law;
  // The noise comes before the intervals, which are made of it.
  law.objective = fitted->objective;
  law.rms_residual = LogRms(*fitted);
  law.noise_sd = SetNoise(sd_unit, *fitted, law.warnings);
  const auto uncertainty = MakeUncertainty(fitted, nullptr, options, law.warnings);
  if (uncertainty != nullptr) law.assumption = FindAssumption(*fitted);
  law.interval_method = uncertainty != nullptr ? uncertainty->Name() : "none";
  const std::vector<NamedParameter> parameters = NamedParameters(*valley, fitted->u);
  for (const NamedParameter& named : parameters) {
    law.params.push_back(DescribeParameter(named, named, uncertainty.get(), law.warnings));
  }
  law.covariance = ComputeCovariance(parameters, uncertainty.get());
  const auto row = [valley](const Point& at) { return valley->Row(at); };
  law.predictor = MakePredictor(fitted, fitted, uncertainty, row);
  fit.best_rate = BestRate(valley, fitted, uncertainty);
}

void FitNear(const LawInfo& base,
             const UsablePoints& usable,
             const FitOptions& options,
             LrSurfaceFit& fit) {
  // The floor is fixed where the user has fixed it, as in laws of loss.
  const Vector centres = LogCentres(base, usable.points);
  std::optional<double> fixed_floor;
  if (options.floor_rule == FloorRule::kFixed) fixed_floor = options.floor;
  const auto valley = std::make_shared<Valley>(base.make(base, {fixed_floor, centres}), centres);
  const Guess guess = FirstGuess(fit.stepwise.optima, *valley);
  // Losses that do not fall with data give the base law no start.
  if (guess.base.empty()) {
    fit.law.refusal = refusal::NoOptimum{std::string(base.name), true};
    return;
  }
  auto fitted = std::make_shared<FittedLaw>();
  fitted->model = valley;
  fitted->sample = ValleySample(*valley, base, usable, centres);
  fitted->criterion = {ChooseEstimator(options), options.huber_delta};
  const Minimum best = SearchFrom(guess, *fitted, fit.law);
  // Faults are looked for at the optimum, so it has to be in place.
  fitted->u = best.u;
  fitted->objective = best.objective;
  for (const SearchFault fault : FindFaults(best, *fitted)) {
    fit.law.warnings.push_back(warning::SearchFaulty{fault});
  }
  Finish(valley, fitted, usable.sd_unit, options, fit);
}

// Takes loss against size too where at least three sizes were swept, with data at three for each.
const LawInfo& FindBaseLaw(const std::vector<Point>& near) {
  const LawInfo& size_data = SizeDataLaw();
  const UsablePoints usable = Usable(size_data, near);
  const bool sized = usable.dropped.empty() && !WhyRefused(size_data, usable, {});
  return sized ? size_data : DataLaw();
}

}  // namespace

double LrSurfaceFit::Regret(double delta_ln) const {
  return std::expm1(law.Get(Role::kCurvature) * delta_ln * delta_ln);
}

LrSurfaceFit FitLrSurface(std::span<const Point> points,
                          std::span<const Point> failed,
                          const FitOptions& options) {
  LrSurfaceFit fit;
  fit.stepwise = FitLrLaw(points, failed, options);
  const std::vector<Point> near = NearTheBest(points, MakeRateTable(points, failed), fit.stepwise);
  const LawInfo& base = FindBaseLaw(near);
  const UsablePoints usable = Usable(base, near);
  fit.law.info = &LrSurfaceLaw();
  fit.law.estimator = Criterion{ChooseEstimator(options), options.huber_delta}.Name();
  fit.law.interval_method = "none";
  fit.law.level = options.level;
  fit.law.n_points = static_cast<int>(usable.points.size());
  fit.law.dropped = fit.stepwise.dropped;
  fit.law.warnings = usable.warnings;
  // The valley has a curvature, a level and one slope for each variable.
  const std::size_t parameters = base.parameters.size() + 2 + base.variables.size();
  fit.law.refusal = WhyRefused(fit.stepwise, near.size(), parameters);
  if (fit.ok()) fit.law.refusal = WhyMixed(base, near);
  if (fit.ok() && options.floor_rule == FloorRule::kFixed) {
    fit.law.refusal = WhyRefused(base, usable, options.floor);
  }
  if (fit.ok()) FitNear(base, usable, options, fit);
  return fit;
}

const LawInfo& LrSurfaceLaw() {
  static const LawInfo law = {
      .name = "lr-surface",
      .formula =
          "loss = base law * exp(curvature * (ln lr - ln best lr)^2), best lr = lr_coef * "
          "tokens^lr_exponent (* params^lr_exponent_n)",
      .source = "all rates of all sizes at once",
      .variables = {Variable::kTokens, Variable::kLr},
      .parameters = {{"floor", Role::kFloor},
                     {"coef", Role::kCoef, Variable::kTokens},
                     {"exponent", Role::kExponent, Variable::kTokens},
                     {"coef_n", Role::kCoef, Variable::kParams},
                     {"exponent_n", Role::kExponent, Variable::kParams},
                     {"coef_d", Role::kCoef, Variable::kTokens},
                     {"exponent_d", Role::kExponent, Variable::kTokens},
                     {"curvature", Role::kCurvature},
                     {"lr_coef", Role::kRateCoef},
                     {"lr_exponent", Role::kRateExponent, Variable::kTokens},
                     {"lr_exponent_n", Role::kRateExponent, Variable::kParams}},
      .reads_failures = true};
  return law;
}

}  // namespace saelaw
