// Two roads to the best split of compute: the closed form that follows from a fitted size-data law,
// and valleys in ln params at each budget (budgets.h), whose bottoms lie on a line in ln compute.
#include "fit/rates/compute_law.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "fit/intervals/intervals.h"
#include "fit/laws/power_sum.h"
#include "fit/points/compute_unit.h"
#include "fit/points/repeats.h"
#include "fit/rates/budgets.h"
#include "fit/rates/valley_words.h"
#include "fit/solve/distributions.h"
#include "fit/solve/line_fit.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// Of an optimum that is given without one: all weigh alike.
constexpr double kNoSd = 1;

bool Positive(double value) { return std::isfinite(value) && value > 0; }

// Keeps the points that have all of params, tokens and compute, and fills in what follows from the
// other two. They are sorted by compute, which SplitByBudget relies on.
std::vector<Point> Complete(std::span<const Point> points,
                            double per_weight,
                            std::vector<DroppedPoint>& dropped) {
  std::vector<Point> complete;
  for (Point point : WithoutRepeats(points, dropped)) {
    if (std::isnan(point.compute)) point.compute = per_weight * point.params * point.tokens;
    if (std::isnan(point.tokens)) point.tokens = point.compute / (per_weight * point.params);
    if (!Positive(point.params) || !Positive(point.tokens) || !Positive(point.compute)) {
      dropped.push_back({point.row, "params and compute (or tokens) must be > 0 and finite"});
    } else {
      complete.push_back(point);
    }
  }
  std::stable_sort(complete.begin(), complete.end(), [](const Point& a, const Point& b) {
    return a.compute < b.compute;
  });
  return complete;
}

// A table with one row for each budget is a list of optima that somebody else has found, so no
// parabola is needed.
std::vector<ComputeOptimum> GivenOptima(const std::vector<Budget>& budgets) {
  std::vector<ComputeOptimum> optima;
  for (const auto& budget : budgets) {
    const Point& point = budget.front();
    const double sd = Positive(point.sd) ? point.sd : kNoSd;
    optima.push_back({point.compute, point.params, point.tokens, sd, kNan, 1, Censoring::kNone});
  }
  return optima;
}

// A minimum at the end of a budget's sizes is only a bound, and no point of the line.
std::vector<LinePoint> Uncensored(const std::vector<ComputeOptimum>& optima) {
  std::vector<LinePoint> points;
  for (const ComputeOptimum& optimum : optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    points.push_back({{std::log(optimum.compute)}, std::log(optimum.params), optimum.sd_ln});
  }
  return points;
}

// The optima's sds are skewed by a few budgets with many runs, so the median is taken.
double MedianSd(std::vector<LinePoint> points) {
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  std::nth_element(points.begin(), middle, points.end(), [](const auto& a, const auto& b) {
    return a.sd < b.sd;
  });
  return middle->sd;
}

// D* = C/(6 N*), 6 being the rows' own: its law follows from that of N*.
void AddTokens(const ComputeUnit& unit, LawFit& law) {
  if (!unit.of_rows) return;
  // The ends of the intervals change places, since more params mean fewer tokens.
  const Parameter coef = law.params[0];
  const Parameter exponent = law.params[1];
  law.params.push_back(
      {"coef_d",
       1 / (unit.per_weight * coef.value),
       {1 / (unit.per_weight * coef.interval.hi), 1 / (unit.per_weight * coef.interval.lo)},
       false});
  law.params.push_back({"exponent_d",
                        1 - exponent.value,
                        {1 - exponent.interval.hi, 1 - exponent.interval.lo},
                        false});
}

// The given sds say how far the optima may be off the line. Where they are farther, that scales the
// intervals, and is said.
void WarnOfScatter(const std::vector<ComputeOptimum>& optima,
                   double scale,
                   double df,
                   LawFit& law) {
  constexpr double kSignificant = 0.01;
  const bool known = std::any_of(
      optima.begin(), optima.end(), [](const auto& optimum) { return optimum.sd_ln != kNoSd; });
  const double infinite = 1e6;
  if (!known || !(df > 0) || FisherTail(scale * scale, df, infinite) > kSignificant) return;
  law.warnings.push_back(warning::OptimaScatter{scale, scale * scale * df, df});
}

void FitGivenOptima(const std::vector<ComputeOptimum>& optima,
                    const ComputeUnit& unit,
                    LawFit& law) {
  const std::vector<LinePoint> points = Uncensored(optima);
  law.n_points = static_cast<int>(points.size());
  if (points.size() < 2 || !Determines(points)) {
    law.refusal = refusal::FewBudgets{points.size(), optima.size()};
    return;
  }
  const Line line = FitLine(points, {});
  law.estimator = "weighted line in ln compute through the given optima";
  const double df = static_cast<double>(points.size()) - 2;
  // With two points the line is exact, and nothing tells how far it may be off.
  const double scale = df > 0 ? std::sqrt(line.chi_square / df) : kNan;
  const double quantile = df > 0 ? StudentTwoSided(law.level, df) * scale : kNan;
  const double slope_half = quantile * std::sqrt(line.SlopeVariance(0));
  // The coefficient is the line's value at ln compute = 0, far outside of the data.
  const double coef_half = quantile * std::sqrt(line.VarianceAt({0.0}));
  law.params = {
      {"coef_n", std::exp(line.At({0.0})), Exponential(Around(line.At({0.0}), coef_half)), false},
      {"exponent_n", line.slopes[0], Around(line.slopes[0], slope_half), false}};
  AddTokens(unit, law);
  law.interval_method = df > 0 ? "weighted line, Student t" : "none";
  WarnOfScatter(optima, scale, df, law);
  law.objective = line.chi_square;
  law.converged = true;
  law.starts_tried = law.starts_at_best = 1;  // linear: one solution
  double square = 0;
  for (const LinePoint& point : points) square += std::pow(point.y - line.At(point.x), 2);
  law.rms_residual = std::sqrt(square / static_cast<double>(points.size()));
  // A new budget's optimum is taken to be known as well as that of the median one.
  const double optimum = quantile * MedianSd(points);
  law.predictor = [line, quantile, optimum](const Point& at) {
    const Vector x = {std::log(at.compute)};
    Prediction prediction;
    prediction.at = at;
    prediction.value = std::exp(line.At(x));
    const double half = quantile * std::sqrt(line.VarianceAt(x));
    prediction.confidence = Exponential(Around(line.At(x), half));
    prediction.prediction = Exponential(Around(line.At(x), std::hypot(half, optimum)));
    return prediction;
  };
}

// The law of the valleys' bottoms. What each budget weighs follows from the shape that all share,
// and not from a curvature of its own, which a few neighbouring sizes can make anything.
void FitValleyBottoms(const std::shared_ptr<const ValleyLaw>& valleys,
                      const FitOptions& options,
                      const ComputeUnit& unit,
                      const std::vector<LinePoint>& points,
                      LawFit& law) {
  const bool none = options.interval_method == IntervalMethod::kNone;
  const double level = none ? 0 : law.level;
  const ValleyEstimate coef = valleys->OptimumAt({0.0}, level);
  const ValleyEstimate slope = valleys->Slope(0, level);
  law.params = {{"coef_n", std::exp(coef.value), Exponential(coef.interval), false},
                {"exponent_n", slope.value, slope.interval, false}};
  AddTokens(unit, law);
  law.interval_method = valleys->scatters ? "line through scattered optima, Student t"
                                          : "profile of all valleys, Student t";
  if (none) law.interval_method = "none";
  law.objective = valleys->best().line.square;
  law.noise_sd = valleys->replicate_df > 0 ? valleys->ReplicateSd() : valleys->ResidualSd();
  law.assumption = ListShapes(*valleys);
  WarnOfMisfit(*valleys, law.warnings);
  law.converged = true;
  law.starts_tried = law.starts_at_best = 1;  // the shapes begin at parabolas, in closed form
  double square = 0;
  for (const LinePoint& point : points) {
    square += std::pow(point.y - valleys->OptimumAt(point.x, 0).value, 2);
  }
  law.rms_residual = std::sqrt(square / static_cast<double>(points.size()));
  // A new budget's optimum is taken to be known as well as that of the median one.
  const double budget_sd = std::hypot(MedianSd(points), valleys->scatter);
  law.predictor = [valleys, level, budget_sd](const Point& at) {
    return PredictOptimum(*valleys, {std::log(at.compute)}, level, budget_sd, at);
  };
}

void FitBudgetLaw(const std::vector<Budget>& budgets,
                  const ComputeUnit& unit,
                  const FitOptions& options,
                  ComputeLawFit& fit) {
  BudgetValleys found = FitBudgets(budgets);
  fit.optima = std::move(found.optima);
  const auto valleys = std::make_shared<const ValleyLaw>(std::move(found.law));
  if (!valleys->candidates.empty()) fit.valleys = valleys;
  for (ComputeOptimum& optimum : fit.optima) {
    for (const Budget& budget : budgets) {
      if (MeanCompute(budget) == optimum.compute) optimum.runs = budget;
    }
  }
  LawFit& law = fit.law;
  law.dropped.insert(law.dropped.end(), found.dropped.begin(), found.dropped.end());
  for (ComputeOptimum& optimum : fit.optima) {
    optimum.tokens = unit.of_rows ? optimum.compute / (unit.per_weight * optimum.params) : kNan;
  }
  const std::vector<LinePoint> points = Uncensored(fit.optima);
  law.n_points = static_cast<int>(points.size());
  if (points.size() < 2 || !Determines(points)) {
    law.refusal = refusal::FewBudgets{points.size(), fit.optima.size()};
    return;
  }
  law.refusal = valleys->refusal;
  if (law.ok()) FitValleyBottoms(valleys, options, unit, points, law);
}

// ln N* = (ln(alpha A / (beta B)) + beta·ln(ND)) / (alpha + beta) minimises A N^-alpha + B D^-beta
// at a given ND. `p` are the size-data law's parameters in their order.
double LogBestParams(const std::vector<double>& p, double log_product) {
  // p holds the floor, then coefficient and exponent of size and those of data.
  const double ratio = std::log(p[2] * p[1] / (p[4] * p[3]));
  return (ratio + p[4] * log_product) / (p[2] + p[4]);
}

// The line's place is taken by a formula of the fitted parameters, and its intervals are those of
// the formula.
void DeriveFromSurface(const LawFit& loss, const ComputeUnit& unit, LawFit& law) {
  const double log_per_weight = std::log(unit.per_weight);
  law.interval_method = loss.interval_method;
  law.converged = loss.converged;
  law.objective = loss.objective;
  law.rms_residual = loss.rms_residual;
  law.starts_tried = loss.starts_tried;
  law.starts_at_best = loss.starts_at_best;
  const auto add = [&](const char* name, const DerivedQuantity& log_quantity) {
    std::vector<double> values;
    for (const Parameter& parameter : loss.params) values.push_back(parameter.value);
    law.params.push_back(
        {name, std::exp(log_quantity(values)), Exponential(loss.derived(log_quantity)), false});
  };
  add("coef_n",
      [log_per_weight](const std::vector<double>& p) { return LogBestParams(p, -log_per_weight); });
  add("exponent_n", [](const std::vector<double>& p) { return std::log(p[4] / (p[2] + p[4])); });
  AddTokens(unit, law);
  law.predictor = [loss, log_per_weight](const Point& at) {
    const auto log_best = [x = std::log(at.compute) - log_per_weight](
                              const std::vector<double>& p) { return LogBestParams(p, x); };
    std::vector<double> values;
    for (const Parameter& parameter : loss.params) values.push_back(parameter.value);
    Prediction prediction;
    prediction.at = at;
    prediction.value = std::exp(log_best(values));
    prediction.confidence = Exponential(loss.derived(log_best));
    return prediction;
  };
}

// Both answers begin empty, so that a refusal still says how it would have been made.
LawFit EmptyLaw(const FitOptions& options, const char* estimator) {
  LawFit law;
  law.info = &ComputeLaw();
  law.estimator = estimator;
  law.interval_method = "none";
  law.level = options.level;
  return law;
}

}  // namespace

double ComputeLawFit::Regret(double delta_ln) const {
  return valleys == nullptr ? kNan : std::expm1(valleys->Rise(delta_ln));
}

ComputeLawFit FitComputeLaw(std::span<const Point> points, const FitOptions& options) {
  ComputeLawFit fit;
  fit.law =
      EmptyLaw(options, "valleys of one shape in ln params, their bottoms on a line in ln compute");
  fit.surface = EmptyLaw(options, "in closed form from the size-data law");
  const ComputeUnit unit = FindComputeUnit(points);
  fit.law.warnings = unit.warnings;
  const std::vector<Point> complete = Complete(points, unit.per_weight, fit.law.dropped);
  const std::vector<Budget> budgets = SplitByBudget(complete);
  const bool given = budgets.size() == complete.size();
  // As many budgets as rows means that each row is an optimum already.
  if (given) {
    fit.optima = GivenOptima(budgets);
    FitGivenOptima(fit.optima, unit, fit.law);
  } else {
    FitBudgetLaw(budgets, unit, options, fit);
  }
  // The answers below need runs of several sizes at a budget, and one fixed unit of compute.
  if (given) {
    fit.loss_surface.refusal = fit.surface.refusal = refusal::OptimaNotRuns{};
    return fit;
  }
  if (!unit.of_rows) {
    fit.loss_surface.refusal = fit.surface.refusal = refusal::ComputeUnfixed{};
    return fit;
  }
  fit.loss_surface = FitLaw(SizeDataLaw(), complete, options);
  // The surface stands and falls with the law that it is derived from.
  fit.surface.refusal = fit.loss_surface.refusal;
  fit.surface.n_points = fit.loss_surface.n_points;
  // What is wrong with the rows is said of the answer in front, whichever it is.
  fit.surface.dropped = fit.law.dropped;
  fit.surface.warnings = unit.warnings;
  if (fit.surface.ok()) DeriveFromSurface(fit.loss_surface, unit, fit.surface);
  return fit;
}

const LawInfo& ComputeLaw() {
  static const LawInfo law = {
      .name = "compute",
      .formula =
          "best params = coef_n * compute^exponent_n, best tokens = coef_d * compute^exponent_d",
      .source = "Hoffmann et al. 2022 (arXiv 2203.15556), approaches 2 (parabolas) and 3 (surface)",
      .variables = {Variable::kCompute, Variable::kParams},
      .parameters = {{"coef_n", Role::kCoef, Variable::kCompute},
                     {"exponent_n", Role::kExponent, Variable::kCompute},
                     {"coef_d", Role::kCoef, Variable::kCompute},
                     {"exponent_d", Role::kExponent, Variable::kCompute}},
      .predicted = Predicted::kBestParams,
      .predicted_at = {Variable::kCompute},
      .title = "Best split of compute, N* = coef_n·C^exponent_n, by parabolas"};
  return law;
}

}  // namespace saelaw
