// How a budget of compute is best split: the valley of each budget, and the law of their bottoms.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/figure_parts.h"
#include "report/tables/fit_figures.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of series

constexpr double kMargin = 0.03;

// A budget's runs, the valley through them, and its bottom where that lies between them.
void AddBudget(const ComputeLawFit& fit,
               const ComputeOptimum& optimum,
               const FittedTable& table,
               Points& bottoms,
               Figure& figure) {
  const int series = static_cast<int>(figure.curves.size());
  Points runs{AtText(Variable::kCompute, optimum.compute), Ink::kSeries, Shape::kDot, {}, series};
  double first = optimum.params;
  double last = first;
  for (const Point& run : optimum.runs) {
    if (!(run.loss > 0)) continue;
    Place place{run.params, run.loss};
    place.hover = RunHover(run, table);
    runs.places.push_back(std::move(place));
    first = std::min(first, run.params);
    last = std::max(last, run.params);
  }
  Curve valley;
  valley.ink = Ink::kSeries;
  valley.series = series;
  if (optimum.censoring == Censoring::kNone) {
    constexpr int kPlaces = 33;
    for (int i = 0; i < kPlaces; ++i) {
      const double params = first * std::pow(last / first, i / (kPlaces - 1.0));
      const double regret = fit.Regret(std::log(params / optimum.params));
      if (std::isfinite(regret)) valley.places.push_back({params, optimum.loss * (1 + regret)});
    }
    Place bottom{optimum.params, optimum.loss};
    bottom.hover = fmt::format("best of {}: {}, loss {}",
                               AtText(Variable::kCompute, optimum.compute),
                               AtText(Variable::kParams, optimum.params),
                               NumberText(optimum.loss));
    bottoms.places.push_back(std::move(bottom));
  }
  figure.curves.push_back(std::move(valley));
  figure.points.push_back(std::move(runs));
}

Points BestSizes(const ComputeLawFit& fit) {
  Points series{"best of a budget", Ink::kLaw, Shape::kDot};
  for (const ComputeOptimum& optimum : fit.optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    // A 95 % interval of an ln with a normal error; optima that were given may have none.
    const double factor = fit.valleys != nullptr ? std::exp(1.96 * optimum.sd_ln) : std::nan("");
    Place place{optimum.compute, optimum.params, optimum.params / factor, optimum.params * factor};
    place.hover = fmt::format("{}: {} at {}",
                              series.label,
                              AtText(Variable::kParams, optimum.params),
                              AtText(Variable::kCompute, optimum.compute));
    series.places.push_back(std::move(place));
  }
  return series;
}

Points PredictedSizes(const LawAnswer& answer) {
  Points stars{"predicted", Ink::kTarget, Shape::kStar};
  for (const Prediction& prediction : answer.predictions) {
    if (!(prediction.value > 0)) continue;
    const Interval& interval = prediction.confidence;
    Place place{prediction.at.compute, prediction.value, interval.lo, interval.hi};
    place.hover = fmt::format("predicted: {} ({}) at {}",
                              AtText(Variable::kParams, prediction.value),
                              IntervalText(interval),
                              AtText(Variable::kCompute, prediction.at.compute));
    stars.places.push_back(std::move(place));
  }
  return stars;
}

}  // namespace

Figure IsoFlopFigure(const ComputeLawFit& fit, const FittedTable& table) {
  Figure figure{
      "isoflop",
      "Loss against params, each budget of compute",
      "The runs of each budget, and its valley by the shape that all share; a star is its "
      "bottom. None where the best size is the smallest or the largest."};
  Points bottoms{"best size", Ink::kTarget, Shape::kStar};
  // Optima that were given have no runs.
  if (fit.valleys != nullptr) {
    for (const ComputeOptimum& optimum : fit.optima) {
      AddBudget(fit, optimum, table, bottoms, figure);
    }
  }
  figure.points.push_back(std::move(bottoms));
  std::vector<double> params, losses;
  AppendPoints(figure, params, losses);
  figure.x = LogarithmicAxis("params", params, kMargin);
  figure.y = LogarithmicAxis("loss", losses);
  return figure;
}

Figure SplitFigure(const LawAnswer& answer) {
  const ComputeLawFit& fit = *answer.compute;
  Figure figure{"split",
                "Best params against compute",
                fmt::format("The best size of each budget, and the laws with their {} intervals.",
                            LevelText(answer.law.level))};
  figure.points = {BestSizes(fit), PredictedSizes(answer)};
  Along along{Variable::kCompute, 0, 0, 0};
  std::vector<double> computes, params;
  for (const Points& points : figure.points) {
    AppendX(points.places, computes);
    AppendBand(points.places, params);
  }
  for (const ComputeOptimum& optimum : fit.optima) {
    along.fitted_to = std::max(along.fitted_to, optimum.compute);
  }
  if (!computes.empty()) {
    along.first = *std::min_element(computes.begin(), computes.end());
    along.last = *std::max_element(computes.begin(), computes.end());
  }
  figure.curves = {CurveAlong(fit.surface, along, {}, "by the loss surface", true),
                   CurveAlong(fit.law, along, {}, "by the budgets' valleys", true)};
  figure.curves.back().ink = Ink::kFaint;
  for (const Curve& curve : figure.curves) AppendBand(curve.places, params);
  figure.x = LogarithmicAxis("compute, FLOP", computes, kMargin);
  figure.y = LogarithmicAxis("best params", params);
  return figure;
}

}  // namespace saelaw
