// Criticism of laws that are fitted to a whole sweep, which comes as a function of rows. Either
// whole scales or single rows are left out; what is left out is compared by the exponent and by the
// prediction at the target.
#include "fit/critic/lr_criticism.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kSame = 0.01;  // rows whose compute agrees to within it are of one budget

// Scales are compared with a tolerance, since budgets of compute never agree to the bit.
bool OfScale(const Point& point, double Point::*scale, double value) {
  return std::abs(point.*scale / value - 1) < kSame;
}

std::vector<Point> Without(std::span<const Point> points, double Point::*scale, double value) {
  std::vector<Point> others;
  for (const Point& point : points) {
    if (!OfScale(point, scale, value)) others.push_back(point);
  }
  return others;
}

double LogMean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return sum / static_cast<double>(values.size());
}

// Some laws have no interval for one more run, and then the law's own is taken.
Interval MakeInterval(const Prediction& prediction) {
  return prediction.prediction.known() ? prediction.prediction : prediction.confidence;
}

// Compares what the law of the other scales says of one with what was measured there, each value
// at its own place. What stands for the scale are geometric means.
HeldOutScale HeldOut(const MeasuredScale& scale, const LawFit& fit, bool largest) {
  HeldOutScale held;
  held.tokens = scale.scale;
  held.points = static_cast<int>(scale.values.size());
  held.measured = std::exp(LogMean(scale.values));
  held.largest = largest;
  held.prediction.at = scale.at;
  held.prediction.value = held.error = kNan;
  if (!fit.ok()) return held;
  std::vector<double> values;
  std::vector<double> lows;
  std::vector<double> highs;
  std::size_t inside = 0;
  for (std::size_t i = 0; i < scale.values.size(); ++i) {
    const Prediction predicted = fit.Predict(scale.places.empty() ? scale.at : scale.places[i]);
    const Interval interval = MakeInterval(predicted);
    const Interval known =
        scale.known_to.known() ? scale.known_to : Interval{scale.values[i], scale.values[i]};
    inside += known.lo <= interval.hi && known.hi >= interval.lo ? 1 : 0;
    values.push_back(predicted.value);
    lows.push_back(interval.lo);
    highs.push_back(interval.hi);
  }
  held.prediction = fit.Predict(scale.places.empty() ? scale.at : scale.places.front());
  held.prediction.at = scale.at;
  held.prediction.value = std::exp(LogMean(values));
  held.prediction.prediction = {std::exp(LogMean(lows)), std::exp(LogMean(highs))};
  held.error = std::expm1(LogMean(scale.values) - LogMean(values));
  held.inside = 2 * inside >= scale.values.size();
  return held;
}

// A refit that is refused moves nothing that could be compared, and is marked by NaN.
Influence Compare(Role exponent,
                  const Point& left_out,
                  double scale,
                  const LawFit& fit,
                  const LawFit& whole,
                  const Point* target) {
  Influence influence;
  influence.row = left_out.row;
  influence.tokens = scale;
  const Parameter* with = whole.Find(exponent);
  const Parameter* without = fit.ok() ? fit.Find(exponent) : nullptr;
  if (with == nullptr || without == nullptr) {
    influence.exponent = influence.shift = influence.at_target = kNan;
    return influence;
  }
  influence.exponent = without->value;
  influence.shift = without->value - with->value;
  influence.at_target = target == nullptr
                            ? kNan
                            : std::log(fit.Predict(*target).value / whole.Predict(*target).value);
  return influence;
}

constexpr std::size_t kMostRows = 300;

std::vector<Influence> DropRows(const SweepCritique& critique,
                                const LawFit& whole,
                                const Point* target) {
  const std::size_t survived = critique.points.size();
  std::vector<Influence> influence(survived + critique.failed.size());
  // The rows are counted through survivors and failures as if they stood in one list.
  ParallelFor(static_cast<int>(influence.size()), 0, [&](int i) {
    const auto k = static_cast<std::size_t>(i);
    std::vector<Point> points(critique.points.begin(), critique.points.end());
    std::vector<Point> failed(critique.failed.begin(), critique.failed.end());
    const Point left_out = k < survived ? points[k] : failed[k - survived];
    if (k < survived) {
      points.erase(points.begin() + i);
    } else {
      failed.erase(failed.begin() + static_cast<std::ptrdiff_t>(k - survived));
    }
    influence[k] =
        Compare(critique.exponent,
                left_out,
                left_out.*critique.scale,
                critique.bare ? critique.bare(points, failed) : critique.fit(points, failed),
                whole,
                target);
  });
  return influence;
}

Point FindFirst(const SweepCritique& critique, double scale) {
  for (const std::span<const Point> rows : {critique.points, critique.failed}) {
    for (const Point& point : rows) {
      if (OfScale(point, critique.scale, scale)) return point;
    }
  }
  return {};
}

// Refits that were refused are dropped from the list before it is sorted, as a NaN has no order.
void KeepLargest(std::vector<Influence>& influence) {
  constexpr std::size_t kMostListed = 5;
  std::erase_if(influence, [](const Influence& one) { return std::isnan(one.shift); });
  std::stable_sort(influence.begin(), influence.end(), [](const Influence& a, const Influence& b) {
    return std::abs(a.shift) > std::abs(b.shift);
  });
  influence.resize(std::min(influence.size(), kMostListed));
}

// Gives the noise of ln loss, pooled over settings that were run more than once; NaN without any.
double SeedNoise(std::span<const Point> points) {
  std::map<std::vector<double>, std::vector<double>> settings;
  // A NaN would be unlike itself as a key of the map.
  const auto known = [](double value) { return std::isnan(value) ? 0 : value; };
  for (const Point& p : points) {
    if (!(p.loss > 0) || !std::isfinite(p.loss)) continue;
    settings[{known(p.tokens),
              known(p.params),
              known(p.lr),
              known(p.batch),
              known(p.compute),
              known(p.l0)}]
        .push_back(std::log(p.loss));
  }
  double square = 0;
  std::size_t df = 0;
  for (const auto& [setting, losses] : settings) {
    double mean = 0;
    for (const double loss : losses) mean += loss / static_cast<double>(losses.size());
    for (const double loss : losses) square += (loss - mean) * (loss - mean);
    df += losses.size() - 1;
  }
  return df > 0 ? std::sqrt(square / static_cast<double>(df)) : kNan;
}

}  // namespace

Criticism CriticiseSweep(const SweepCritique& critique, const LawFit& whole, const Point* target) {
  Criticism criticism;
  criticism.with_floor.refusal = criticism.without_floor.refusal = refusal::NotOfLoss{};
  criticism.floor_worth = kNan;
  criticism.seed_noise = SeedNoise(critique.points);
  for (std::size_t i = 0; i < critique.measured.size(); ++i) {
    const MeasuredScale& scale = critique.measured[i];
    // A scale is left out with its failures, which belong to it as much as its survivors do.
    const LawFit fit = critique.fit(Without(critique.points, critique.scale, scale.scale),
                                    Without(critique.failed, critique.scale, scale.scale));
    const bool largest = i + 1 == critique.measured.size();
    if (!scale.values.empty()) criticism.held_out.push_back(HeldOut(scale, fit, largest));
    if (critique.drop_rows) continue;
    criticism.influence.push_back(Compare(
        critique.exponent, FindFirst(critique, scale.scale), scale.scale, fit, whole, target));
    criticism.influence.back().whole_scale = true;
  }
  if (critique.drop_rows && critique.points.size() + critique.failed.size() > kMostRows) {
    criticism.warnings.push_back(warning::NoneLeftOut{kMostRows, false});
  } else if (critique.drop_rows) {
    criticism.influence = DropRows(critique, whole, target);
  }
  KeepLargest(criticism.influence);
  for (const HeldOutScale& held : criticism.held_out) {
    // Only a miss at the largest scale warns: it is the one nearest to what is asked.
    if (!held.largest || held.inside || !held.prediction.prediction.known()) continue;
    criticism.warnings.push_back(warning::LargestMissed{0, held.error});
  }
  AddWhatMovesMost(criticism);
  for (WouldChange& one : criticism.would_change) {
    std::get<change::WithoutRun>(one).of_compute = critique.scale == &Point::compute;
  }
  return criticism;
}

namespace {

// Holds the normal equations of a weighted line, summed over its points, and gives the variance of
// its value at a place.
struct NormalEquations {
  double weight = 0, x = 0, square = 0;
  void Add(double at, double sd) {
    const double w = 1 / (sd * sd);
    weight += w;
    x += w * at;
    square += w * at * at;
  }
  double VarianceAt(double at) const {
    const double determinant = weight * square - x * x;
    return (square - 2 * at * x + at * at * weight) / determinant;
  }
};

}  // namespace

std::vector<NextRun> NextScales(const std::vector<MeasuredScale>& measured,
                                const std::vector<double>& sds,
                                double Point::*scale,
                                const Point& target) {
  // The variance now is compared with that after one more point, scale by scale.
  NormalEquations now;
  double largest = 0;
  std::vector<double> sorted = sds;
  std::vector<Point> candidates;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    now.Add(std::log(measured[i].scale), sds[i]);
    largest = std::max(largest, measured[i].scale);
    candidates.push_back(measured[i].at);
  }
  // Below three scales a line has no scatter, so nothing could be narrowed that is known.
  if (measured.size() < 3 || !(target.*scale > 0)) return {};
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  // A new scale is taken to be measured as well as the median one.
  const double typical = *middle;
  for (const double factor : {2.0, 4.0}) {
    // Scales beyond the target would cost more than the target itself.
    Point further = measured.back().at;
    further.*scale = factor * largest;
    if (further.*scale <= target.*scale) candidates.push_back(further);
  }
  const double at_target = std::log(target.*scale);
  std::vector<NextRun> next;
  for (const Point& candidate : candidates) {
    NormalEquations then = now;
    then.Add(std::log(candidate.*scale), typical);
    const double narrows = 1 - std::sqrt(then.VarianceAt(at_target) / now.VarianceAt(at_target));
    const double cost = candidate.*scale / largest;
    next.push_back({candidate, narrows, cost, cost <= 1});
  }
  constexpr std::size_t kMost = 3;
  std::stable_sort(next.begin(), next.end(), [](const NextRun& a, const NextRun& b) {
    return a.narrows > b.narrows;
  });
  next.resize(std::min(next.size(), kMost));
  return next;
}

}  // namespace saelaw
