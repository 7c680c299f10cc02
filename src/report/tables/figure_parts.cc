// A law is drawn as a curve through many places. These are apart by equal factors, so that they are
// even on their axis.
#include "report/tables/figure_parts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/document/numbers.h"

namespace saelaw {
namespace {

using document::Curve;
using document::Ink;
using document::Place;
using document::Points;
using document::Shape;

// A drawn curve has this many places.
constexpr int kCurvePlaces = 49;
// The last fitted size itself is still drawn through, whatever its last digit.
constexpr double kRounding = 1.0001;

}  // namespace

TokensDrawn DrawnTokens(const Findings& findings, const Recommendation& recommendation) {
  const double target = recommendation.tokens;
  TokensDrawn drawn{target, target};
  for (const StudyRun& run : findings.runs) {
    const auto tokens = static_cast<double>(run.tokens);
    if (drawn.first <= 0 || tokens < drawn.first) drawn.first = tokens;
    drawn.last = std::max(drawn.last, tokens);
  }
  return drawn;
}

std::string HoverText(const std::string& label, const std::string& quantity, const Place& place) {
  std::string text = fmt::format(
      "{}: {} {} at {} tokens", label, quantity, NumberText(place.y), CountText(place.x));
  if (std::isfinite(place.lo) && std::isfinite(place.hi))
    text += fmt::format(" (95 % interval {})", IntervalText({place.lo, place.hi}));
  return text;
}

std::string RunText(const StudyRun& run) {
  return fmt::format("lr {}, d_sae {}, seed {}, {}, run {}",
                     NumberText(run.lr),
                     run.d_sae,
                     run.seed,
                     Name(run.outcome),
                     run.id);
}

Curve CurveOfLaw(const LawFit& fit,
                 double d_sae,
                 const TokensDrawn& drawn,
                 const std::string& label,
                 const std::string& quantity,
                 double fitted_to) {
  Curve curve{label};
  curve.dashed_beyond = fitted_to * kRounding;
  if (!fit.ok() || drawn.first <= 0) return curve;
  const double step = std::log(drawn.last / drawn.first) / (kCurvePlaces - 1);
  for (int i = 0; i < kCurvePlaces; ++i) {
    Point at;
    // The last place is the end itself: by the exponential it could miss the target by a rounding.
    at.tokens = i + 1 == kCurvePlaces ? drawn.last : drawn.first * std::exp(step * i);
    at.params = d_sae;
    const Prediction prediction = fit.Predict(at);
    Place place{at.tokens, prediction.value, prediction.confidence.lo, prediction.confidence.hi};
    place.hover = HoverText(label, quantity, place);
    curve.places.push_back(std::move(place));
  }
  return curve;
}

std::string AtText(Variable variable, double value) {
  if (variable == Variable::kTokens) return CountText(value) + " tokens";
  // An lr is small and a compute beyond all names of counts; sizes are counts.
  const bool count = variable == Variable::kParams || variable == Variable::kBatch;
  return fmt::format("{} {}", Name(variable), count ? CountText(value) : NumberText(value));
}

namespace {

// The law's value there, and with `band` its interval, which is dear.
Place PlaceOn(const LawFit& fit, const Point& there, double x, bool band) {
  Place place{x};
  if (!band && fit.log_value) {
    place.y = std::exp(fit.log_value(there));
    return place;
  }
  const Prediction prediction = fit.Predict(there);
  place.y = prediction.value;
  if (!band) return place;
  place.lo = prediction.confidence.lo;
  place.hi = prediction.confidence.hi;
  return place;
}

}  // namespace

Curve CurveAlong(
    const LawFit& fit, const Along& along, const Point& at, const std::string& label, bool band) {
  Curve curve{label};
  curve.band = band;
  curve.dashed_beyond = along.fitted_to * kRounding;
  if (!fit.ok() || !(along.first > 0)) return curve;
  // Intervals are dear, and bands smooth.
  constexpr int kBandPlaces = 25;
  const int places = band ? kBandPlaces : kCurvePlaces;
  const double step = std::log(along.last / along.first) / (places - 1);
  for (int i = 0; i < places; ++i) {
    Point there = at;
    const double x = i + 1 == places ? along.last : along.first * std::exp(step * i);
    Set(there, along.variable, x);
    Place place = PlaceOn(fit, there, x, band);
    place.hover =
        fmt::format("{}: {} at {}", label, NumberText(place.y), AtText(along.variable, x));
    curve.places.push_back(std::move(place));
  }
  return curve;
}

Points FittedOptima(const LrLawFit& fit) {
  Points series{"optimum of a size", Ink::kLaw, Shape::kDot};
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring != Censoring::kNone || !(optimum.lr > 0)) continue;
    // This is the 95 % interval of an ln lr with a normal error.
    constexpr double kTwoSided95 = 1.96;
    const double factor = std::exp(kTwoSided95 * optimum.sd_ln);
    Place place{optimum.tokens, optimum.lr, optimum.lr / factor, optimum.lr * factor};
    place.hover = HoverText(series.label, "lr", place);
    series.places.push_back(std::move(place));
  }
  return series;
}

// Such a rate is the best that was tried but perhaps not the optimum, so it has a sign of its own.
Points CensoredOptima(const LrLawFit& fit) {
  Points series{"best rate, not fitted", Ink::kLaw, Shape::kTriangle};
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring == Censoring::kNone || !(optimum.best_lr > 0)) continue;
    Place place{optimum.tokens, optimum.best_lr};
    place.hover = fmt::format(
        "{}\nnot fitted: {}", HoverText(series.label, "lr", place), Name(optimum.censoring));
    series.places.push_back(std::move(place));
  }
  return series;
}

void AppendBand(const std::vector<Place>& places, std::vector<double>& values) {
  constexpr double kFarthest = 30;
  for (const Place& place : places) {
    values.push_back(place.y);
    values.push_back(std::max(place.lo, place.y / kFarthest));
    values.push_back(std::min(place.hi, place.y * kFarthest));
  }
}

double FittedTo(const LrLawFit& fit, double otherwise) {
  double fitted = 0;
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring == Censoring::kNone) fitted = std::max(fitted, optimum.tokens);
  }
  return fitted > 0 ? fitted : otherwise;
}

void AppendX(const std::vector<Place>& places, std::vector<double>& values) {
  for (const Place& place : places) values.push_back(place.x);
}

void AppendY(const std::vector<Place>& places, std::vector<double>& values) {
  for (const Place& place : places) values.insert(values.end(), {place.y, place.lo, place.hi});
}

void AppendPoints(const document::Figure& figure, std::vector<double>& x, std::vector<double>& y) {
  for (const Points& points : figure.points) {
    AppendX(points.places, x);
    AppendY(points.places, y);
  }
}

void SetRateAxes(document::Figure* figure) {
  std::vector<double> tokens, rates;
  for (const Curve& curve : figure->curves) {
    AppendX(curve.places, tokens);
    AppendBand(curve.places, rates);
  }
  for (const Points& points : figure->points) {
    AppendX(points.places, tokens);
    for (const Place& place : points.places) rates.push_back(place.y);
  }
  constexpr double kTokensMargin = 0.03;
  figure->x = document::LogarithmicAxis("training tokens", tokens, kTokensMargin);
  figure->y = document::LogarithmicAxis("learning rate", rates);
}

std::vector<Place> TargetPlaces(double tokens, double value, const Interval& interval) {
  if (!(tokens > 0) || !(value > 0)) return {};
  return {{tokens, value, interval.lo, interval.hi}};
}

}  // namespace saelaw
