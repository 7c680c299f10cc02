// The posterior of the two shares is summed over a grid: two numbers and a handful of held-out
// scales need nothing cleverer.
#include "fit/compare/discrepancy.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fit/compare/candidates.h"
#include "fit/compare/reach.h"
#include "fit/compare/rival.h"
#include "fit/laws/usable_points.h"
#include "fit/solve/distributions.h"

namespace saelaw {
namespace {

// Of a share between sweeps: its median and the sd of its logarithm, as analysis/bending derives
// them. Upwards they are wider apart from what a sweep shows, because a bend beyond its points
// cannot show in it.
struct Prior {
  double median;
  double sd_ln;
};
constexpr Prior kBelow{0.04, 1.2};
constexpr Prior kAbove{0.11, 0.5};
// Pairs that predict the same scale share its noise, but not what their laws got wrong: together
// they count as two.
constexpr double kPairsOfAScale = 2;

constexpr std::size_t kSteps = 24;
constexpr double kSmallest = 0.003;
constexpr double kLargest = 1;

double ShareAt(std::size_t step) {
  const double part = static_cast<double>(step) / (kSteps - 1);
  return kSmallest * std::pow(kLargest / kSmallest, part);
}

double LogPrior(const Prior& prior, double share) {
  const double z = std::log(share / prior.median) / prior.sd_ln;
  return -z * z / 2;
}

bool Tells(const RolledScale& pair) { return std::isfinite(pair.sd) && pair.sd > 0; }

// How many origins predict each scale.
std::vector<int> CountByScale(std::span<const RolledScale> rolled) {
  std::vector<int> counts;
  for (const RolledScale& pair : rolled) {
    if (!Tells(pair)) continue;
    counts.resize(std::max(counts.size(), pair.scale + 1));
    ++counts[pair.scale];
  }
  return counts;
}

// Student's t about zero with a scale for each side, up to a constant.
double LogDensity(const RolledScale& pair, double below, double above) {
  const double sd_below = std::hypot(pair.sd, below * pair.fall);
  const double sd_above = std::hypot(pair.sd, above * pair.fall);
  const double z = pair.error / (pair.error > 0 ? sd_above : sd_below);
  return -std::log((sd_below + sd_above) / 2) - (pair.df + 1) / 2 * std::log1p(z * z / pair.df);
}

double LogPosterior(std::span<const RolledScale> rolled,
                    const std::vector<int>& counts,
                    double below,
                    double above) {
  double sum = LogPrior(kBelow, below) + LogPrior(kAbove, above);
  for (const RolledScale& pair : rolled) {
    if (!Tells(pair)) continue;
    const double weight = std::min(1.0, kPairsOfAScale / counts[pair.scale]);
    sum += weight * LogDensity(pair, below, above);
  }
  return sum;
}

// Says what the shares were made of.
std::size_t CountOwnScales(std::span<const RolledScale> rolled) {
  std::set<std::size_t> scales;
  for (const RolledScale& pair : rolled) {
    if (Tells(pair)) scales.insert(pair.scale);
  }
  return scales.size();
}

// One side of an interval about ln value, with an sd on top.
double Side(double half, double quantile, double sd) { return std::hypot(half, quantile * sd); }

void Widen(Interval& interval, const Prediction& about, double quantile) {
  if (!interval.known()) return;
  const double below = Side(std::log(about.value / interval.lo), quantile, about.discrepancy.below);
  const double above = Side(std::log(interval.hi / about.value), quantile, about.discrepancy.above);
  interval = {about.value * std::exp(-below), about.value * std::exp(above)};
}

using Predictor = std::function<Prediction(const Point&)>;

// What a predictor of the law becomes: the same value, wider intervals.
class Doubting {
 public:
  Doubting(const LawFit& fit,
           const Span& span,
           const DiscrepancyShares& shares,
           std::function<double(const Point&)> rival)
      : law_(fit),
        span_(span),
        shares_(shares),
        rival_(std::move(rival)),
        quantile_(NormalTwoSided(fit.level)) {
    // Only the law's values are asked for here, and a copy of its predictors would hold itself.
    law_.predictor = law_.same_set_predictor = nullptr;
  }

  Predictor About(Predictor inner) const {
    return [self = *this, inner = std::move(inner)](const Point& at) {
      Prediction predicted = inner(at);
      const double fall = self.span_.Fall(self.law_, at);
      if (!std::isfinite(fall)) return predicted;
      predicted.discrepancy = self.At(at, fall);
      Widen(predicted.confidence, predicted, self.quantile_);
      Widen(predicted.prediction, predicted, self.quantile_);
      return predicted;
    };
  }

 private:
  // A law that holds up clearly better is as likely where the points end as the asked one is wrong,
  // so that the way to it counts as an sd on its side.
  Discrepancy At(const Point& at, double fall) const {
    Discrepancy sds{shares_.below * fall, shares_.above * fall, fall};
    if (!rival_ || !(fall > 0)) return sds;
    const double gap = rival_(at) - law_.log_value(at);
    double& side = gap > 0 ? sds.above : sds.below;
    if (std::isfinite(gap)) side = std::hypot(side, gap);
    return sds;
  }

  LawFit law_;
  Span span_;
  DiscrepancyShares shares_;
  std::function<double(const Point&)> rival_;  // ln of its value; may be empty
  double quantile_;
};

warning::BetterLaw Describe(const Rival& rival, const LawFit& asked) {
  return {std::string(rival.fit.name()),
          std::string(asked.name()),
          rival.aicc_lower,
          rival.error,
          rival.asked_error};
}

}  // namespace

DiscrepancyShares ComputeShares(std::span<const RolledScale> rolled) {
  const std::vector<int> counts = CountByScale(rolled);
  std::vector<double> logs;
  for (std::size_t i = 0; i < kSteps; ++i) {
    for (std::size_t j = 0; j < kSteps; ++j) {
      logs.push_back(LogPosterior(rolled, counts, ShareAt(i), ShareAt(j)));
    }
  }
  const double most = *std::max_element(logs.begin(), logs.end());
  double total = 0;
  DiscrepancyShares squares;
  for (std::size_t i = 0; i < kSteps; ++i) {
    for (std::size_t j = 0; j < kSteps; ++j) {
      const double weight = std::exp(logs[i * kSteps + j] - most);
      total += weight;
      squares.below += weight * ShareAt(i) * ShareAt(i);
      squares.above += weight * ShareAt(j) * ShareAt(j);
    }
  }
  return {std::sqrt(squares.below / total), std::sqrt(squares.above / total)};
}

namespace {

// Points that lie on a law to six digits were computed from one.
bool Measured(const LawFit& fit) {
  constexpr double kComputed = 1e-6;
  return fit.ok() && fit.rms_residual > kComputed;
}

void Doubt(std::span<const Point> usable,
           std::span<const RolledScale> rolled,
           std::function<double(const Point&)> rival,
           LawFit& fit) {
  const DiscrepancyShares shares = ComputeShares(rolled);
  fit.discrepancy = {true, shares.below, shares.above, CountOwnScales(rolled)};
  const Doubting doubting(fit, Span(*fit.info, usable), shares, std::move(rival));
  fit.predictor = doubting.About(fit.predictor);
  if (fit.same_set_predictor) fit.same_set_predictor = doubting.About(fit.same_set_predictor);
}

}  // namespace

void AddDiscrepancy(std::span<const Point> points,
                    std::span<const RolledScale> rolled,
                    LawFit& fit) {
  if (Measured(fit)) Doubt(Usable(*fit.info, points).points, rolled, nullptr, fit);
}

RolledLaw AddDiscrepancy(std::span<const Point> points, const FitOptions& options, LawFit& fit) {
  RolledLaw rolled;
  if (!Measured(fit)) return rolled;
  const std::vector<Point> usable = Usable(*fit.info, points).points;
  if (!SlowToFit(*fit.info)) {
    rolled = {fit.info, RollOrigin(*fit.info, ByScale(usable), options)};
  }
  const std::optional<Rival> rival = FindRival(fit, usable, rolled.scales, options);
  if (rival) fit.warnings.push_back(Describe(*rival, fit));
  Doubt(usable, rolled.scales, rival ? rival->fit.log_value : nullptr, fit);
  return rolled;
}

}  // namespace saelaw
