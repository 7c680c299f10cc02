// FVU against L0, the trade that a sparsity stands for: one curve for each recipe and number of
// tokens, and the target's with its intervals.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/arms_tables.h"
#include "report/tables/figure_parts.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of series

// By recipe, then tokens: the arms of one recipe are the points of its curves.
using Curves = std::map<std::pair<std::string, double>, std::vector<Place>>;

// Half of the band: two standard errors of the mean over the seeds.
double HalfBand(const ArmAtSize& size) {
  const auto count = static_cast<double>(size.log_fvu.size());
  if (count < 2) return std::nan("");
  double mean = 0;
  for (const auto& [seed, log_fvu] : size.log_fvu) mean += log_fvu / count;
  double square = 0;
  for (const auto& [seed, log_fvu] : size.log_fvu) square += std::pow(log_fvu - mean, 2);
  return 2 * std::sqrt(square / (count - 1) / count);
}

Place PlaceAt(const ArmSummary& arm, const ArmAtSize& size) {
  Place place{size.l0, size.fvu};
  const double half = HalfBand(size);
  if (half == half) {
    place.lo = size.fvu * std::exp(-half);
    place.hi = size.fvu * std::exp(half);
  }
  place.hover = fmt::format("{}: FVU {} at L0 {}\n{} tokens, lr {}",
                            arm.label,
                            NumberText(size.fvu),
                            NumberText(size.l0, 3),
                            CountText(size.tokens, 3),
                            NumberText(size.lr, 3));
  return place;
}

Place TargetPlace(const ArmSummary& arm) {
  Place place{arm.l0.value, arm.fvu.value, arm.fvu.interval.lo, arm.fvu.interval.hi};
  place.hover = fmt::format("{}: FVU {} at L0 {}, predicted at the target",
                            arm.label,
                            NumberText(arm.fvu.value),
                            NumberText(arm.l0.value, 3));
  return place;
}

Curves CollectCurves(const ArmsComparison& comparison) {
  Curves curves;
  for (const ArmSummary& arm : comparison.arms) {
    for (const ArmAtSize& size : arm.sizes) {
      if (size.fvu > 0 && size.l0 > 0) {
        curves[{arm.recipe, size.tokens}].push_back(PlaceAt(arm, size));
      }
    }
    // The target's tokens are a size like the others, though nothing was measured there.
    if (arm.fvu.known() && arm.l0.known()) {
      curves[{arm.recipe, comparison.tokens}].push_back(TargetPlace(arm));
    }
  }
  return curves;
}

}  // namespace

Figure FrontierFigure(const ArmsComparison& comparison) {
  Figure figure{"frontier",
                "FVU against L0",
                "Each recipe at its best rate; bars are two standard errors over the seeds, at the "
                "target the 95 % interval."};
  std::map<std::string, int> series;
  std::vector<double> across;
  std::vector<double> up;
  for (auto& [of, places] : CollectCurves(comparison)) {
    const auto& [recipe, tokens] = of;
    const int colour = series.emplace(recipe, static_cast<int>(series.size())).first->second;
    std::stable_sort(
        places.begin(), places.end(), [](const Place& a, const Place& b) { return a.x < b.x; });
    const bool target = tokens == comparison.tokens;
    const std::string label = fmt::format("{}{}{} tokens{}",
                                          recipe,
                                          recipe.empty() ? "" : ", ",
                                          CountText(tokens, 3),
                                          target ? " (target)" : "");
    Curve curve{"", Ink::kSeries, places, true};
    curve.series = colour;
    if (target) curve.dashed_beyond = 0;
    Points points{label, Ink::kSeries, target ? Shape::kStar : Shape::kDot, places, colour};
    AppendX(places, across);
    AppendY(places, up);
    figure.curves.push_back(std::move(curve));
    figure.points.push_back(std::move(points));
  }
  figure.x = LogarithmicAxis("active latents (L0)", across);
  figure.y = LogarithmicAxis("held-out FVU", up);
  return figure;
}

}  // namespace saelaw
