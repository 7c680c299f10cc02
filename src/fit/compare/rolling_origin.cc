// An origin with as many parameters as settings predicts without an interval: its errors are shown,
// and say nothing of the discrepancy, since nobody knows what they should have been.
#include "fit/compare/rolling_origin.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/compare/reach.h"
#include "fit/points/repeats.h"
#include "fit/solve/distributions.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// Of a normal distribution between -1 and 1 sd.
constexpr double kOneSd = 0.6826894921;
// Beyond this many points profiles take seconds and agree with the sandwich.
constexpr int kMostProfiled = 100;
// Of a scale of very many points, evenly spaced ones stand for all.
constexpr std::size_t kMostPredicted = 24;

FitOptions ForRefits(const FitOptions& options, std::size_t points) {
  FitOptions refit = options;
  const bool profiled = options.estimator == Estimator::kLeastSquaresLog && points <= kMostProfiled;
  refit.interval_method = profiled ? IntervalMethod::kProfileF : IntervalMethod::kSandwich;
  refit.starts = std::min(options.starts, 4);
  refit.threads = 1;
  refit.level = kOneSd;
  return refit;
}

std::vector<Point> Thinned(const std::vector<Point>& points) {
  if (points.size() <= kMostPredicted) return points;
  std::vector<Point> thinned;
  for (std::size_t i = 0; i < kMostPredicted; ++i) {
    thinned.push_back(points[i * points.size() / kMostPredicted]);
  }
  return thinned;
}

double HalfWidth(const Interval& interval) { return std::log(interval.hi / interval.lo) / 2; }

// One law asked at the points of one scale. Replicates share their place, and its prediction.
class Asked {
 public:
  Asked(const LawFit& fit, const Span& span, double df, double level)
      : fit_(fit),
        span_(span),
        df_(df),
        quantile_(StudentTwoSided(level, df)),
        one_sd_(StudentTwoSided(kOneSd, df)) {}

  RolledScale About(const std::vector<Point>& scale) {
    RolledScale rolled;
    const std::vector<Point> points = Thinned(scale);
    rolled.points = static_cast<int>(scale.size());
    rolled.df = df_;
    const double share = 1 / static_cast<double>(points.size());
    double log_tokens = 0;
    double law = 0;    // variance of the law's value, which all points have in common
    double noise = 0;  // and of one run about it
    int inside = 0;
    for (const Point& point : points) {
      Ask(point);
      const double error = std::log(point.loss / predicted_.value);
      log_tokens += share * std::log(point.tokens);
      rolled.error += share * error;
      rolled.fall += share * fall_;
      law += share * Square(HalfWidth(predicted_.confidence) / one_sd_);
      const double run = HalfWidth(predicted_.prediction) / one_sd_;
      noise += share * Square(run);
      inside += std::abs(error) <= quantile_ * run ? 1 : 0;
    }
    rolled.tokens = std::exp(log_tokens);
    rolled.sd = std::sqrt(law + std::max(0.0, noise - law) * share);
    rolled.inside = 2 * inside >= static_cast<int>(points.size());
    return rolled;
  }

 private:
  static double Square(double x) { return x * x; }

  void Ask(const Point& point) {
    if (asked_ && SamePlace(point)) return;
    predicted_ = fit_.Predict(point);
    fall_ = span_.Fall(fit_, point);
    place_ = point;
    asked_ = true;
  }

  bool SamePlace(const Point& point) const {
    for (const Variable variable : fit_.info->variables) {
      if (Get(point, variable) != Get(place_, variable)) return false;
    }
    return true;
  }

  const LawFit& fit_;
  const Span& span_;
  double df_;
  double quantile_;  // of the asked level
  double one_sd_;
  bool asked_ = false;
  Point place_;
  Prediction predicted_;
  double fall_ = 0;
};

std::vector<RolledScale> FromOrigin(const LawInfo& law,
                                    const Scales& scales,
                                    std::size_t origin,
                                    const FitOptions& options) {
  const std::vector<Point> known = FirstScales(scales, origin);
  const LawFit fit = FitLaw(law, known, ForRefits(options, known.size()));
  if (!fit.ok()) return {};
  const Span span(law, known);
  const double free = fit.n_points - static_cast<double>(fit.params.size());
  std::vector<RolledScale> rolled;
  for (std::size_t scale = origin; scale < scales.size(); ++scale) {
    rolled.push_back(Asked(fit, span, std::max(free, 1.0), options.level).About(scales[scale]));
    rolled.back().origin = origin;
    rolled.back().scale = scale;
  }
  return rolled;
}

}  // namespace

std::vector<RolledScale> RollOrigin(const LawInfo& law,
                                    const Scales& scales,
                                    const FitOptions& options) {
  // Two scales have no law that could be wrong in a way that tells something.
  constexpr std::size_t kFewest = 3;
  if (scales.size() <= kFewest) return {};
  std::vector<std::vector<RolledScale>> by_origin(scales.size());
  ParallelFor(static_cast<int>(scales.size() - kFewest), options.threads, [&](int i) {
    const std::size_t origin = kFewest + static_cast<std::size_t>(i);
    by_origin[origin] = FromOrigin(law, scales, origin, options);
  });
  std::vector<RolledScale> rolled;
  for (const auto& own : by_origin) rolled.insert(rolled.end(), own.begin(), own.end());
  return rolled;
}

double OneStepError(std::span<const RolledScale> rolled) {
  double sum = 0;
  int count = 0;
  for (const RolledScale& scale : rolled) {
    if (!scale.next()) continue;
    sum += scale.error * scale.error;
    ++count;
  }
  return count > 0 ? std::sqrt(sum / count) : kNan;
}

}  // namespace saelaw
