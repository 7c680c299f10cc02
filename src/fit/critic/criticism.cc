// A law is criticised by fitting it again: without each scale, without each point, with and without
// a floor. Independent refits run on all threads, each alone in its own. Intervals in them are
// local ones, as a bootstrap in each would take as long as everything else together.
#include "fit/critic/criticism.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/held_out.h"
#include "fit/compare/scales.h"
#include "fit/critic/refit_budget.h"
#include "fit/critic/residual_check.h"
#include "fit/intervals/held_out_error.h"
#include "fit/laws/loss_laws.h"
#include "fit/laws/usable_points.h"
#include "fit/points/clusters.h"
#include "fit/points/held_out_groups.h"
#include "fit/solve/distributions.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// A refit begins beside an optimum that is known already.
constexpr int kFewStarts = 2;

// The scale that is left out is predicted from all others, those above it included.
std::vector<Point> Others(const Scales& scales, std::size_t left_out) {
  std::vector<Point> others;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (i != left_out) others.insert(others.end(), scales[i].begin(), scales[i].end());
  }
  return others;
}

// Bootstraps would be refitted for every scale; the local methods say the same in milliseconds. Who
// wants no intervals gets none here either.
FitOptions WithLocalIntervals(FitOptions options) {
  if (options.interval_method == IntervalMethod::kNone) return options;
  const bool squares = options.estimator == Estimator::kLeastSquaresLog;
  options.interval_method = squares ? IntervalMethod::kProfileF : IntervalMethod::kSandwich;
  return options;
}

// How the scales are held out: with which intervals and starts, and from which scale on.
struct HoldOutPlan {
  FitOptions options;
  std::size_t first = 0;
};

// The full way where it costs no more than the fit did; else a refit begins beside the known
// optimum, with intervals that need no search, at the largest scales that this pays for.
HoldOutPlan PlanHoldOut(const FitOptions& options,
                        std::size_t scales,
                        std::size_t points,
                        RefitBudget& budget) {
  HoldOutPlan plan{WithLocalIntervals(options), 0};
  const bool profiles = plan.options.interval_method == IntervalMethod::kProfileF;
  const std::size_t of_intervals = profiles ? RefitBudget::kProfile * points : 0;
  if (budget.Take(scales, static_cast<std::size_t>(options.starts), of_intervals)) return plan;
  if (profiles) plan.options.interval_method = IntervalMethod::kSandwich;
  plan.options.starts = kFewStarts;
  while (plan.first < scales && !budget.Take(scales - plan.first, kFewStarts)) ++plan.first;
  return plan;
}

// Intervals of exact points have no width, and what rounding does to a loss is no miss.
bool Holds(const Interval& interval, double loss) {
  constexpr double kRounding = 1e-8;
  return interval.lo * (1 - kRounding) <= loss && loss <= interval.hi * (1 + kRounding);
}

// Logarithms of what is predicted at a scale's points, each less that of its middle point, summed:
// a scale whose points are all at one place keeps that place's prediction to the bit.
struct PredictedSums {
  double value = 0, lo = 0, hi = 0;

  void Add(const Prediction& at, const Prediction& middle) {
    value += std::log(at.value / middle.value);
    lo += std::log(at.prediction.lo / middle.prediction.lo);
    hi += std::log(at.prediction.hi / middle.prediction.hi);
  }
  // The geometric means over the points: what can be held against the mean of their losses.
  void MoveToMean(double points, Prediction& middle) const {
    middle.value *= std::exp(value / points);
    Move(lo / points, middle.prediction.lo);
    Move(hi / points, middle.prediction.hi);
  }

 private:
  // An interval that is open at one end stays so.
  static void Move(double by, double& end) {
    if (std::isfinite(end)) end *= std::exp(by);
  }
};

HeldOutScale HoldOut(const LawInfo& law,
                     const Scales& scales,
                     std::size_t left_out,
                     const FitOptions& options) {
  const std::vector<Point>& points = scales[left_out];
  HeldOutScale held;
  held.tokens = MeanScale(points, FindScale(law));
  held.points = static_cast<int>(points.size());
  held.measured = MeanLoss(points);
  held.prediction.at = points[points.size() / 2];
  held.prediction.value = held.error = kNan;
  held.largest = left_out + 1 == scales.size();
  const LawFit fit = FitLaw(law, Others(scales, left_out), options);
  if (!fit.ok()) return held;
  held.prediction = fit.Predict(held.prediction.at);
  PredictedSums sums;
  double error = 0;
  int inside = 0;
  for (const Point& point : points) {
    const Prediction predicted = fit.Predict(point);
    sums.Add(predicted, held.prediction);
    error += std::log(point.loss / predicted.value);
    inside += Holds(predicted.prediction, point.loss) ? 1 : 0;
  }
  sums.MoveToMean(held.points, held.prediction);
  held.error = std::expm1(error / static_cast<double>(points.size()));
  // The scale counts as inside where at least half of its points are.
  held.inside = 2 * inside >= held.points;
  return held;
}

FitOptions Bare(FitOptions options) {
  options.interval_method = IntervalMethod::kNone;
  return options;
}

const Parameter* DataExponent(const LawFit& fit) {
  return fit.Find(Role::kExponent, Variable::kTokens);
}

constexpr std::size_t kMostLeftOut = 300;

std::vector<Influence> DropEach(const LawInfo& law,
                                const LawFit& whole,
                                const std::vector<Point>& points,
                                FitOptions options,
                                const Point* target) {
  constexpr std::size_t kMostListed = 5;
  if (!whole.ok() || DataExponent(whole) == nullptr || points.size() > kMostLeftOut) return {};
  // Threads are spent on points instead of starts.
  options.starts = kFewStarts;
  const int threads = options.threads;
  options.threads = 1;
  std::vector<Influence> influence(points.size());
  ParallelFor(static_cast<int>(points.size()), threads, [&](int i) {
    const auto k = static_cast<std::size_t>(i);
    std::vector<Point> others = points;
    others.erase(others.begin() + i);
    const LawFit fit = FitLaw(law, others, options);
    if (!fit.ok()) return;
    const double exponent = DataExponent(fit)->value;
    const double moved = target == nullptr
                             ? kNan
                             : std::log(fit.Predict(*target).value / whole.Predict(*target).value);
    influence[k] = {points[k].row,
                    false,
                    points[k].tokens,
                    exponent,
                    exponent - DataExponent(whole)->value,
                    moved};
  });
  std::stable_sort(influence.begin(), influence.end(), [](const Influence& a, const Influence& b) {
    return std::abs(a.shift) > std::abs(b.shift);
  });
  influence.resize(std::min(influence.size(), kMostListed));
  return influence;
}

// Between two scales, by the streams alone that are at both, where there are such: what a stream
// does to all its losses is not the law's.
LocalExponent ComputeLocalExponent(const std::vector<Point>& from, const std::vector<Point>& to) {
  std::vector<Point> both = from;
  both.insert(both.end(), to.begin(), to.end());
  const std::vector<int> clusters = FindClusters(both).of;
  std::map<int, std::vector<Point>> before, after;
  for (std::size_t i = 0; i < both.size(); ++i) {
    (i < from.size() ? before : after)[clusters[i]].push_back(both[i]);
  }
  double rise = 0;  // of ln tokens
  double fall = 0;  // of ln loss
  const auto add = [&](const std::vector<Point>& first, const std::vector<Point>& last) {
    rise += std::log(MeanTokens(last) / MeanTokens(first));
    fall += std::log(MeanLoss(first) / MeanLoss(last));
  };
  for (const auto& [cluster, points] : before) {
    if (after.contains(cluster)) add(points, after.at(cluster));
  }
  // Where no stream is at both scales, the plain means are all there is.
  if (!(rise > 0)) {
    rise = fall = 0;
    add(from, to);
  }
  return {MeanTokens(from), MeanTokens(to), fall / rise};
}

// Gives the interval of a local exponent. The noise between replicates is taken from the law's fit,
// `noise`.
Interval LocalInterval(const std::vector<Point>& from,
                       const std::vector<Point>& to,
                       const LawFit& noise,
                       const LocalExponent& local) {
  const double rise = std::log(local.to_tokens / local.from_tokens);
  Interval interval{local.exponent, local.exponent};
  const bool noise_known = noise.noise_sd > 0;
  if (noise_known) {
    const double runs = 1 / static_cast<double>(from.size()) + 1 / static_cast<double>(to.size());
    const double half = NormalTwoSided(noise.level) * noise.noise_sd * std::sqrt(runs) / rise;
    interval = {local.exponent - half, local.exponent + half};
  }
  std::vector<Point> both = from;
  both.insert(both.end(), to.begin(), to.end());
  // Both scales were measured on the same documents, whose choice is an error of its own.
  const std::size_t groups = HeldOutGroups(both);
  if (groups < 2) return noise_known ? interval : Interval{};
  std::vector<double> without;
  for (std::size_t group = 0; group < groups; ++group) {
    without.push_back(
        ComputeLocalExponent(WithoutGroup(from, group), WithoutGroup(to, group)).exponent);
  }
  return Widened(interval, local.exponent, JackknifeError(without), groups, noise.level);
}

std::vector<LocalExponent> LocalExponents(const Scales& scales, const LawFit& noise) {
  std::vector<LocalExponent> local;
  for (std::size_t i = 0; i + 1 < scales.size(); ++i) {
    local.push_back(ComputeLocalExponent(scales[i], scales[i + 1]));
    local.back().interval = LocalInterval(scales[i], scales[i + 1], noise, local.back());
  }
  return local;
}

void CompareFloors(const LawInfo& law,
                   const LawFit& whole,
                   const std::vector<Point>& points,
                   FitOptions options,
                   RefitBudget& budget,
                   Criticism& criticism) {
  const bool same = law.with_floor == nullptr && options.floor_rule == FloorRule::kFree;
  const std::size_t fits = same ? 1 : 2;
  if (!budget.Take(fits, static_cast<std::size_t>(options.starts))) {
    options.starts = kFewStarts;
    if (!budget.Take(fits, kFewStarts)) return;
  }
  // A law that is another without its floor is compared as that one.
  const LawInfo& with_floor = law.with_floor != nullptr ? law.with_floor() : law;
  options.floor_rule = FloorRule::kFree;
  criticism.with_floor = same ? whole : FitLaw(with_floor, points, options);
  options.floor_rule = FloorRule::kFixed;
  options.floor = 0;
  criticism.without_floor = FitLaw(with_floor, points, options);
  // The worth is how much the scatter about the law shrinks by the floor.
  const bool both = criticism.with_floor.ok() && criticism.without_floor.ok();
  criticism.floor_worth =
      both ? criticism.without_floor.rms_residual / criticism.with_floor.rms_residual : kNan;
}

// One run in twenty lies outside of its own interval, and a table marks it; a warning wants an
// error that one in a hundred has.
bool MissedForSure(const HeldOutScale& held) {
  constexpr double kWider = 1.31;  // 2.576 sds over 1.960
  const Interval& run = held.prediction.prediction;
  const double end = held.error > 0 ? run.hi : run.lo;
  return std::abs(std::log1p(held.error)) >
         kWider * std::abs(std::log(end / held.prediction.value));
}

void Warn(Criticism& criticism) {
  for (const HeldOutScale& held : criticism.held_out) {
    if (!held.largest || !held.missed() || !MissedForSure(held)) continue;
    criticism.warnings.push_back(warning::LargestMissed{held.tokens, held.error});
  }
  const std::vector<LocalExponent>& local = criticism.local_exponents;
  constexpr double kDrift = 0.75;
  // Where the errors are known, the drift must be more than they explain.
  const bool drifts = local.size() >= 2 &&
                      local.back().exponent < kDrift * local.front().exponent &&
                      !(local.back().interval.hi >= local.front().exponent);
  if (drifts) {
    criticism.warnings.push_back(
        warning::ExponentDrifts{local.front().exponent, local.back().exponent});
  }
}

// Criticism refits many times: of very many points, evenly spaced ones stand for all.
std::vector<Point> Thinned(const std::vector<Point>& points, Criticism& criticism) {
  constexpr std::size_t kMostPoints = 5000;
  if (points.size() <= kMostPoints) return points;
  std::vector<Point> thinned;
  for (std::size_t i = 0; i < kMostPoints; ++i) {
    thinned.push_back(points[i * points.size() / kMostPoints]);
  }
  criticism.warnings.push_back(warning::Thinned{kMostPoints, points.size()});
  return thinned;
}

void AddWhatWouldChange(const Point& target, Criticism& criticism) {
  if (criticism.with_floor.ok() && criticism.without_floor.ok()) {
    criticism.would_change.push_back(change::Floor{criticism.without_floor.Predict(target).value,
                                                   criticism.with_floor.Predict(target).value});
  }
  AddWhatMovesMost(criticism);
}

}  // namespace

void AddWhatMovesMost(Criticism& criticism) {
  const auto most = std::max_element(criticism.influence.begin(),
                                     criticism.influence.end(),
                                     [](const Influence& a, const Influence& b) {
                                       return std::abs(a.at_target) < std::abs(b.at_target);
                                     });
  if (most == criticism.influence.end() || std::isnan(most->at_target)) return;
  change::WithoutRun without;
  without.row = most->row;
  without.whole_scale = most->whole_scale;
  without.tokens = most->tokens;
  without.moves = std::expm1(most->at_target);
  criticism.would_change.push_back(without);
}

Criticism Criticise(std::string_view law,
                    std::span<const Point> points,
                    const FitOptions& options,
                    const Point* target,
                    std::span<const UnreadColumn> labels) {
  return Criticise(RequireLossLaw(law), points, options, target, labels);
}

Criticism Criticise(const LawInfo& law,
                    std::span<const Point> points,
                    const FitOptions& options,
                    const Point* target,
                    std::span<const UnreadColumn> labels) {
  Criticism criticism;
  // Laws without a floor, and those whose refits are too dear, have nothing to compare.
  criticism.with_floor.refusal = criticism.without_floor.refusal = refusal::NotCompared{};
  criticism.floor_worth = kNan;
  const FitOptions bare = Bare(options);
  const std::vector<Point> usable = Thinned(Usable(law, points).points, criticism);
  const LawFit whole = FitLaw(law, usable, bare);
  if (!whole.ok()) return criticism;
  criticism.seed_noise = whole.noise_sd;
  RefitBudget budget(whole, options);
  // This fit is one of those that the budget is for.
  budget.Take(1, static_cast<std::size_t>(options.starts));
  const Scales scales = ByScale(usable, FindScale(law));
  HoldOutPlan plan = PlanHoldOut(options, scales.size(), usable.size(), budget);
  plan.options.threads = 1;
  criticism.held_out.resize(scales.size() - plan.first);
  ParallelFor(static_cast<int>(criticism.held_out.size()), options.threads, [&](int i) {
    const auto k = static_cast<std::size_t>(i);
    criticism.held_out[k] = HoldOut(law, scales, plan.first + k, plan.options);
  });
  if (law.has_floor || law.with_floor != nullptr) {
    CompareFloors(law, whole, usable, bare, budget, criticism);
  }
  const bool checks = budget.Take(2, kFewStarts);
  const bool pays = budget.Take(usable.size(), kFewStarts);
  if (pays) criticism.influence = DropEach(law, whole, usable, bare, target);
  // A local exponent is one between two numbers of tokens, and means nothing where sizes vary too.
  const bool of_tokens = law.variables.size() == 1 && law.variables[0] == Variable::kTokens;
  if (of_tokens) criticism.local_exponents = LocalExponents(scales, whole);
  if (target != nullptr) {
    criticism.next_runs = ChooseNextRuns(whole, usable, *target, 3);
    AddWhatWouldChange(*target, criticism);
  }
  if (checks) {
    FitOptions few = options;
    few.starts = kFewStarts;
    const ResidualCheck residuals = CheckResiduals(whole, usable, few, labels, points);
    criticism.warnings.insert(
        criticism.warnings.end(), residuals.warnings.begin(), residuals.warnings.end());
  }
  Warn(criticism);
  if (!pays) {
    criticism.warnings.push_back(warning::NoneLeftOut{0, true});
  } else if (usable.size() > kMostLeftOut) {
    criticism.warnings.push_back(warning::NoneLeftOut{kMostLeftOut, true});
  }
  return criticism;
}

}  // namespace saelaw
