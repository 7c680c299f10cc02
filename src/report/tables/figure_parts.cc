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
using document::Place;

// A drawn curve has this many places.
constexpr int kCurvePlaces = 49;

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
  // The last fitted size itself is still drawn through, whatever its last digit.
  constexpr double kRounding = 1.0001;
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

void AppendX(const std::vector<Place>& places, std::vector<double>& values) {
  for (const Place& place : places) values.push_back(place.x);
}

void AppendY(const std::vector<Place>& places, std::vector<double>& values) {
  for (const Place& place : places) values.insert(values.end(), {place.y, place.lo, place.hi});
}

std::vector<Place> TargetPlaces(double tokens, double value, const Interval& interval) {
  if (!(tokens > 0) || !(value > 0)) return {};
  return {{tokens, value, interval.lo, interval.hi}};
}

}  // namespace saelaw
