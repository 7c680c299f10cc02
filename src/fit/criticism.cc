#include "fit/criticism.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "fit/laws.h"
#include "fit/points.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Usable points by their number of tokens, ascending.
using Scales = std::map<double, std::vector<Point>>;

Scales ByTokens(const std::vector<Point>& points) {
  Scales scales;
  for (const Point& point : points) scales[point.tokens].push_back(point);
  return scales;
}

double GeometricMean(const std::vector<Point>& points) {
  double sum = 0;
  for (const Point& point : points) sum += std::log(point.loss);
  return std::exp(sum / static_cast<double>(points.size()));
}

// Those with the largest number of parameters: losses of different sizes have no mean to predict.
// All points where params play no part.
std::vector<Point> LargestSize(std::vector<Point> points) {
  double largest = 0;
  for (const Point& point : points) largest = std::max(largest, point.params);
  std::erase_if(points, [&](const Point& point) { return point.params < largest; });
  return points;
}

std::vector<Point> Others(const Scales& scales, double left_out) {
  std::vector<Point> others;
  for (const auto& [tokens, points] : scales) {
    if (tokens != left_out) others.insert(others.end(), points.begin(), points.end());
  }
  return others;
}

HeldOutScale HoldOut(std::string_view law,
                     const Scales& scales,
                     double tokens,
                     const FitOptions& options) {
  const std::vector<Point> points = LargestSize(scales.at(tokens));
  HeldOutScale held;
  held.tokens = tokens;
  held.points = static_cast<int>(points.size());
  held.measured = GeometricMean(points);
  held.prediction.at = points.front();
  held.prediction.value = held.error = kNan;
  held.largest = tokens == scales.rbegin()->first;
  const LawFit fit = FitLaw(law, Others(scales, tokens), options);
  if (!fit.ok()) return held;
  held.prediction = fit.Predict(points.front());
  held.error = held.measured / held.prediction.value - 1;
  held.inside = held.prediction.prediction.lo <= held.measured &&
                held.measured <= held.prediction.prediction.hi;
  return held;
}

FitOptions WithoutIntervals(FitOptions options) {
  options.interval_method = IntervalMethod::kNone;
  return options;
}

std::vector<Influence> DropEach(std::string_view law,
                                const std::vector<Point>& points,
                                const FitOptions& options) {
  constexpr std::size_t kMostPoints = 200;
  constexpr std::size_t kMostListed = 5;
  std::vector<Influence> influence;
  const LawFit whole = FitLaw(law, points, options);
  if (!whole.ok() || whole.Find("exponent") == nullptr || points.size() > kMostPoints) return {};
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<Point> others = points;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const LawFit fit = FitLaw(law, others, options);
    if (!fit.ok()) continue;
    const double exponent = fit.Get("exponent");
    influence.push_back(
        {points[i].row, points[i].tokens, exponent, exponent - whole.Get("exponent")});
  }
  std::sort(influence.begin(), influence.end(), [](const Influence& a, const Influence& b) {
    return std::abs(a.shift) > std::abs(b.shift);
  });
  influence.resize(std::min(influence.size(), kMostListed));
  return influence;
}

std::vector<LocalExponent> LocalExponents(const Scales& scales) {
  std::vector<LocalExponent> local;
  for (auto from = scales.begin(); from != scales.end(); ++from) {
    const auto to = std::next(from);
    if (to == scales.end()) break;
    const double fall = std::log(GeometricMean(from->second) / GeometricMean(to->second));
    local.push_back({from->first, to->first, fall / std::log(to->first / from->first)});
  }
  return local;
}

void CompareFloors(std::string_view law,
                   const std::vector<Point>& points,
                   FitOptions options,
                   Criticism& criticism) {
  // "power" is the data law without its floor: the comparison is the same for both.
  const std::string_view with_floor = law == "power" ? "data" : law;
  options.floor_rule = FloorRule::kFree;
  criticism.with_floor = FitLaw(with_floor, points, options);
  options.floor_rule = FloorRule::kFixed;
  options.floor = 0;
  criticism.without_floor = FitLaw(with_floor, points, options);
  const bool both = criticism.with_floor.ok() && criticism.without_floor.ok();
  criticism.floor_worth =
      both ? criticism.without_floor.rms_residual / criticism.with_floor.rms_residual : kNan;
}

void Warn(Criticism& criticism) {
  for (const HeldOutScale& held : criticism.held_out) {
    if (!held.largest || held.inside || !held.prediction.prediction.known()) continue;
    criticism.warnings.push_back(
        fmt::format("the law of the smaller sizes missed the largest ({:.4g} tokens) by {:+.2g} %, "
                    "outside its interval",
                    held.tokens,
                    100 * held.error));
  }
  const std::vector<LocalExponent>& local = criticism.local_exponents;
  constexpr double kDrift = 0.75;
  if (local.size() >= 2 && local.back().exponent < kDrift * local.front().exponent) {
    criticism.warnings.push_back(
        fmt::format("the local exponent drifts from {:.3f} to {:.3f}: a law without a floor "
                    "promises too much",
                    local.front().exponent,
                    local.back().exponent));
  }
}

}  // namespace

Criticism Criticise(std::string_view law,
                    std::span<const Point> points,
                    const FitOptions& options) {
  Criticism criticism;
  const FitOptions bare = WithoutIntervals(options);
  CompareFloors(law, {points.begin(), points.end()}, bare, criticism);
  const LawInfo* info = FindLaw(law);
  const std::vector<Point> usable = Usable(*info, points).points;
  const Scales scales = ByTokens(usable);
  for (const auto& [tokens, at_scale] : scales) {
    criticism.held_out.push_back(HoldOut(law, scales, tokens, options));
  }
  if (info->variables.size() == 1) {
    criticism.influence = DropEach(law, usable, bare);
    criticism.local_exponents = LocalExponents(scales);
  }
  Warn(criticism);
  return criticism;
}

Extrapolation JudgeExtrapolation(double largest_tokens, double target_tokens) {
  Extrapolation judged;
  judged.factor = target_tokens / largest_tokens;
  judged.needs_force = judged.factor > kRefusedFactor;
  judged.doubtful = judged.factor > kDoubtfulFactor;
  if (judged.doubtful) {
    judged.message = fmt::format("the target is {:.0f} times the largest fitted run ({} from {})",
                                 judged.factor,
                                 judged.needs_force ? "refused" : "doubtful",
                                 judged.needs_force ? kRefusedFactor : kDoubtfulFactor);
  }
  return judged;
}

}  // namespace saelaw
