// Rivals are fitted without intervals, and only one whose AICc is far lower is rolled over the
// scales: on most tables there is none, and the search costs a few fits.
#include "fit/compare/rival.h"

#include <cmath>
#include <vector>

#include "fit/compare/candidates.h"
#include "fit/compare/law_score.h"

namespace saelaw {
namespace {

// 2 ln(.95/.05): an Akaike weight of 95 % against 5 %.
constexpr double kClearlyLower = 5.9;

FitOptions Bare(FitOptions options) {
  options.interval_method = IntervalMethod::kNone;
  return options;
}

// The errors of the scales that both predict; a law with more parameters may need more scales.
double ErrorWhere(std::span<const RolledScale> rolled, std::span<const RolledScale> other) {
  std::vector<RolledScale> common;
  for (const RolledScale& pair : rolled) {
    for (const RolledScale& same : other) {
      if (pair.origin == same.origin && pair.scale == same.scale) common.push_back(pair);
    }
  }
  return OneStepError(common);
}

}  // namespace

std::optional<Rival> FindRival(const LawFit& asked,
                               std::span<const Point> points,
                               std::span<const RolledScale> rolled,
                               const FitOptions& options) {
  const double own = Aicc(asked, points, options);
  if (std::isnan(own) || SlowToFit(*asked.info)) return {};
  std::optional<Rival> best;
  for (const CandidateLaw& candidate : Candidates(points)) {
    const LawInfo& law = *candidate.law;
    if (&law == asked.info || SlowToFit(law) || candidate.unknown) continue;
    Rival rival{FitLaw(law, points, Bare(options))};
    rival.aicc_lower = own - Aicc(rival.fit, points, options);
    // A law that the asked one contains has fewer parameters and never a smaller residual: where
    // the points are few its AICc is far lower, and yet nothing speaks against the larger law.
    constexpr double kSmaller = 0.999;
    if (!(rival.fit.rms_residual < kSmaller * asked.rms_residual)) continue;
    if (!(rival.aicc_lower > (best ? best->aicc_lower : kClearlyLower))) continue;
    const std::vector<RolledScale> its = RollOrigin(law, ByScale(points), options);
    rival.error = ErrorWhere(its, rolled);
    rival.asked_error = ErrorWhere(rolled, its);
    if (rival.error > rival.asked_error) continue;
    best = std::move(rival);
  }
  return best;
}

}  // namespace saelaw
