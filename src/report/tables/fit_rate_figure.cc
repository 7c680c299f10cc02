// The rates of a table: where each size has its best one, and the valley that says so.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/figure_parts.h"
#include "report/tables/fit_figures.h"
#include "report/tables/law_tables.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of series

constexpr double kMargin = 0.03;

// What a table calls one size: tokens, and params and batch where it has them. An unknown one is 0,
// which compares.
using Size = std::tuple<double, double, double>;
double KnownOr0(double value) { return std::isnan(value) ? 0 : value; }
template <typename Sized>
Size FindSize(const Sized& of) {
  return {of.tokens, KnownOr0(of.params), KnownOr0(of.batch)};
}

Points RateSeries(const std::string& label,
                  std::span<const Point> runs,
                  Ink ink,
                  Shape shape,
                  const FittedTable& table) {
  Points series{label, ink, shape};
  for (const Point& run : runs) {
    Place place{run.tokens, run.lr};
    place.hover = RunHover(run, table);
    series.places.push_back(std::move(place));
  }
  return series;
}

Points PredictedRates(const LawAnswer& answer) {
  Points stars{"predicted", Ink::kTarget, Shape::kStar};
  // A joint surface predicts losses.
  if (answer.surface) return stars;
  for (const Prediction& prediction : answer.predictions) {
    if (!(prediction.value > 0)) continue;
    const Interval& interval = prediction.confidence;
    Place place{prediction.at.tokens, prediction.value, interval.lo, interval.hi};
    place.hover = fmt::format("predicted: lr {} ({}) at {}",
                              NumberText(place.y),
                              IntervalText(interval),
                              PlaceText(prediction.at));
    stars.places.push_back(std::move(place));
  }
  return stars;
}

// The law of the optimum along tokens, at the sizes and batches of the largest number of them.
Point OtherVariables(const LrLawFit& fit) {
  Point at;
  if (fit.optima.empty()) return at;
  at.params = fit.optima.back().params;
  at.batch = fit.optima.back().batch;
  return at;
}

// From the smallest to the largest number of tokens that anything is drawn at.
Along FindDrawnTokens(const Figure& figure, double fitted_to) {
  Along along{Variable::kTokens, 0, 0, fitted_to};
  for (const Points& points : figure.points) {
    for (const Place& place : points.places) {
      if (!(place.x > 0)) continue;
      along.first = along.first > 0 ? std::min(along.first, place.x) : place.x;
      along.last = std::max(along.last, place.x);
    }
  }
  return along;
}

void AddRateCurves(const LawAnswer& answer, Figure& figure) {
  if (answer.lr) {
    const Along along = FindDrawnTokens(figure, FittedTo(*answer.lr, 0));
    const Point at = OtherVariables(*answer.lr);
    figure.curves.push_back(CurveAlong(answer.lr->law, along, at, "law of the optimum", true));
  }
  if (answer.edge) {
    double fitted = 0;
    for (const LrEdgeBracket& bracket : answer.edge->brackets) {
      fitted = std::max(fitted, bracket.tokens);
    }
    const Along along = FindDrawnTokens(figure, fitted);
    figure.curves.push_back(CurveAlong(answer.edge->law, along, {}, "stability edge", true));
    figure.curves.back().ink = Ink::kFailed;
  }
}

// The valley of a size, as the shape that all share has it; empty where its optimum is none.
Curve MakeValley(const LrLawFit& fit, const LrOptimum& optimum, double first, double last) {
  Curve curve;
  curve.ink = Ink::kSeries;
  if (optimum.censoring != Censoring::kNone || fit.valleys == nullptr) return curve;
  constexpr int kPlaces = 33;
  for (int i = 0; i < kPlaces; ++i) {
    const double lr = first * std::pow(last / first, i / (kPlaces - 1.0));
    const double regret = fit.Regret(std::log(lr / optimum.lr));
    if (std::isfinite(regret)) curve.places.push_back({lr, optimum.loss * (1 + regret)});
  }
  return curve;
}

// The runs of one size with their valley.
void AddValley(const LrLawFit& fit,
               const Size& size,
               std::span<const Point* const> runs,
               const FittedTable& table,
               Figure& figure) {
  const int series = static_cast<int>(figure.curves.size());
  Point place = *runs.front();
  place.lr = std::nan("");
  place.compute = std::nan("");
  Points points{PlaceText(place), Ink::kSeries, Shape::kDot, {}, series};
  double first = runs.front()->lr;
  double last = first;
  for (const Point* run : runs) {
    Place at{run->lr, run->loss};
    at.hover = RunHover(*run, table);
    points.places.push_back(std::move(at));
    first = std::min(first, run->lr);
    last = std::max(last, run->lr);
  }
  Curve curve;
  for (const LrOptimum& optimum : fit.optima) {
    if (FindSize(optimum) == size) curve = MakeValley(fit, optimum, first, last);
  }
  curve.ink = Ink::kSeries;
  curve.series = series;
  figure.curves.push_back(std::move(curve));
  figure.points.push_back(std::move(points));
}

}  // namespace

Figure FittedRateFigure(const LawAnswer& answer, const FittedTable& table) {
  Figure figure{"rates",
                "Learning rate against training tokens",
                fmt::format("Optima, law and {} interval; crosses mark runs that failed.",
                            LevelText(answer.law.level))};
  figure.points = {RateSeries("run that failed", table.failed, Ink::kFailed, Shape::kCross, table)};
  if (answer.edge) {
    figure.points.push_back(
        RateSeries("run that survived", table.points, Ink::kFaint, Shape::kRing, table));
  }
  if (answer.lr) {
    figure.points.push_back(CensoredOptima(*answer.lr));
    figure.points.push_back(FittedOptima(*answer.lr));
  }
  figure.points.push_back(PredictedRates(answer));
  AddRateCurves(answer, figure);
  SetRateAxes(&figure);
  return figure;
}

Figure ValleyFigure(const LrLawFit& fit, const FittedTable& table) {
  Figure figure{"sweeps",
                "Loss against learning rate, each size",
                "Every run that finished, and the valley of each size by the shape that all share; "
                "none where its best rate is no optimum."};
  std::map<Size, std::vector<const Point*>> sizes;
  for (const Point& point : table.points) {
    if (point.loss > 0 && point.lr > 0) sizes[FindSize(point)].push_back(&point);
  }
  for (const auto& [size, runs] : sizes) AddValley(fit, size, runs, table, figure);
  std::vector<double> rates, losses;
  AppendPoints(figure, rates, losses);
  figure.x = LogarithmicAxis("learning rate", rates, kMargin);
  figure.y = LogarithmicAxis("loss", losses);
  return figure;
}

}  // namespace saelaw
