// A law of several variables is drawn along its first one. Of the settings of the others a few are
// chosen, evenly among all, because a reader can tell seven colours apart.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
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

constexpr std::size_t kMostCurves = 7;
// A band needs an interval at each place, which is dear.
constexpr std::size_t kMostBands = 3;

// Losses are read along data where a law knows them, else along compute or size.
Variable FindAxisVariable(const LawFit& law) {
  for (const Variable variable : {Variable::kTokens, Variable::kCompute, Variable::kParams}) {
    if (law.info->Needs(variable)) return variable;
  }
  return law.info->variables.front();
}

std::string MakeTitle(Variable variable) {
  if (variable == Variable::kTokens) return "training tokens";
  return variable == Variable::kCompute ? "compute, FLOP" : std::string(Name(variable));
}

// The law's other variables, and a point that has them alone.
using Setting = std::vector<double>;
Setting MakeSetting(const LawFit& law, Variable along, const Point& point) {
  Setting setting;
  for (const Variable variable : law.info->variables) {
    if (variable != along) setting.push_back(Get(point, variable));
  }
  return setting;
}
Point MakePlace(const LawFit& law, Variable along, const Setting& setting) {
  Point place;
  std::size_t next = 0;
  for (const Variable variable : law.info->variables) {
    if (variable != along) Set(place, variable, setting[next++]);
  }
  return place;
}

// Which settings get a curve, and which of the colours.
std::map<Setting, int> Chosen(const LawFit& law,
                              Variable along,
                              const std::vector<const Point*>& points) {
  std::map<Setting, int> all;
  for (const Point* point : points) all[MakeSetting(law, along, *point)] = 0;
  std::map<Setting, int> chosen;
  const std::size_t count = std::min(all.size(), kMostCurves);
  std::size_t at = 0;
  for (const auto& [setting, unused] : all) {
    const std::size_t next = chosen.size();
    // The first and the last are among them, the others stand evenly between.
    const std::size_t wanted = count > 1 ? next * (all.size() - 1) / (count - 1) : 0;
    if (next < count && at == wanted) chosen[setting] = static_cast<int>(next);
    ++at;
  }
  return chosen;
}

// The points that the law rests on, in the order of its residuals.
std::vector<const Point*> UsedPoints(const LawFit& law, const FittedTable& table) {
  std::map<std::int64_t, const Point*> by_row;
  for (const Point& point : table.points) by_row[point.row] = &point;
  std::vector<const Point*> used;
  for (const RowResidual& residual : law.residuals) {
    const auto found = by_row.find(residual.row);
    if (found != by_row.end()) used.push_back(found->second);
  }
  return used;
}

Along Drawn(const LawAnswer& answer, Variable variable, const std::vector<const Point*>& points) {
  Along along{variable, 0, 0, 0};
  for (const Point* point : points) {
    const double x = Get(*point, variable);
    if (!(x > 0)) continue;
    along.first = along.first > 0 ? std::min(along.first, x) : x;
    along.fitted_to = std::max(along.fitted_to, x);
  }
  along.last = along.fitted_to;
  for (const Prediction& prediction : answer.predictions) {
    const double x = Get(prediction.at, variable);
    if (!(prediction.value > 0)) continue;
    along.first = std::min(along.first, x);
    along.last = std::max(along.last, x);
  }
  return along;
}

Points PredictedLosses(const LawAnswer& answer, Variable variable) {
  Points stars{"predicted", Ink::kTarget, Shape::kStar};
  for (const Prediction& prediction : answer.predictions) {
    if (!(prediction.value > 0)) continue;
    const Interval& interval = prediction.prediction;
    Place place{Get(prediction.at, variable), prediction.value, interval.lo, interval.hi};
    place.hover = fmt::format("predicted: loss {} ({}) at {}",
                              NumberText(place.y),
                              IntervalText(interval),
                              PlaceText(prediction.at));
    stars.places.push_back(std::move(place));
  }
  return stars;
}

// The axes hold every run and every prediction with its interval.
void SetAxes(Variable variable, Figure& figure) {
  std::vector<double> x, y;
  AppendPoints(figure, x, y);
  for (const Curve& curve : figure.curves) AppendX(curve.places, x);
  constexpr double kMargin = 0.03;
  figure.x = LogarithmicAxis(MakeTitle(variable), x, kMargin);
  figure.y = LogarithmicAxis("loss", y);
}

}  // namespace

Figure FittedLossFigure(const LawAnswer& answer, const FittedTable& table) {
  const LawFit& law = answer.law;
  const Variable variable = FindAxisVariable(law);
  const std::vector<const Point*> used = UsedPoints(law, table);
  const std::map<Setting, int> chosen = Chosen(law, variable, used);
  const Along along = Drawn(answer, variable, used);
  Figure figure{"loss",
                fmt::format("Loss against {}", MakeTitle(variable)),
                fmt::format("Runs and law, with its {} interval where a band is drawn; dashed "
                            "beyond the largest run.",
                            LevelText(law.level))};
  const bool alone = chosen.size() <= 1;
  Points others{"other runs", Ink::kFaint, Shape::kRing};
  std::vector<Points> series(chosen.size());
  for (const auto& [setting, number] : chosen) {
    const Point place = MakePlace(law, variable, setting);
    const std::string label = alone ? "law" : PlaceText(place);
    Curve curve = CurveAlong(law, along, place, label, chosen.size() <= kMostBands);
    curve.ink = alone ? Ink::kLaw : Ink::kSeries;
    curve.series = number;
    figure.curves.push_back(std::move(curve));
    series[static_cast<std::size_t>(number)] = {
        alone ? "runs" : label, figure.curves.back().ink, Shape::kDot, {}, number};
  }
  // The runs name the settings in the legend, and the law only where it stands alone.
  for (Curve& curve : figure.curves) curve.label = alone ? "law" : "";
  for (const Point* point : used) {
    const auto found = chosen.find(MakeSetting(law, variable, *point));
    Points& own = found == chosen.end() ? others : series[static_cast<std::size_t>(found->second)];
    Place place{Get(*point, variable), point->loss};
    place.hover = RunHover(*point, table);
    own.places.push_back(std::move(place));
  }
  figure.points.push_back(std::move(others));
  for (Points& own : series) figure.points.push_back(std::move(own));
  figure.points.push_back(PredictedLosses(answer, variable));
  SetAxes(variable, figure);
  return figure;
}

Figure ResidualFigure(const LawFit& law, const FittedTable& table) {
  const Variable variable = FindAxisVariable(law);
  Figure figure{"residuals",
                fmt::format("What the runs are off the law, along {}", MakeTitle(variable)),
                "In per cent of the law's value; the band is twice the root mean square."};
  std::map<std::int64_t, double> residuals;
  for (const RowResidual& residual : law.residuals) residuals[residual.row] = residual.value;
  Points runs{"runs", Ink::kLaw, Shape::kDot};
  std::vector<double> x, y;
  for (const Point* point : UsedPoints(law, table)) {
    const double off = 100 * std::expm1(residuals[point->row]);
    Place place{Get(*point, variable), off};
    place.hover = fmt::format("{}\n{:+.3g} % of the law's value", RunHover(*point, table), off);
    x.push_back(place.x);
    y.push_back(off);
    runs.places.push_back(std::move(place));
  }
  constexpr double kMargin = 0.03;
  figure.x = LogarithmicAxis(MakeTitle(variable), x, kMargin);
  const double twice = 200 * law.rms_residual;
  y.push_back(twice);
  figure.y = SymmetricAxis("off the law, %", y);
  Curve zero{"", Ink::kFaint};
  zero.band = true;
  zero.places = {{figure.x.lo, 0, -twice, twice}, {figure.x.hi, 0, -twice, twice}};
  figure.curves.push_back(std::move(zero));
  figure.points.push_back(std::move(runs));
  return figure;
}

}  // namespace saelaw
