// Fits every law of a sweep to the criticism's common form: how the law is fitted again from fewer
// rows, what was measured at each scale, and which runs would tell more. What differs between the
// laws is what counts as a measured value.
#include "fit/critic/answer_criticism.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "core/quantities.h"
#include "fit/critic/lr_criticism.h"
#include "fit/points/compute_unit.h"
#include "fit/solve/distributions.h"

namespace saelaw {
namespace {

using Rows = std::span<const Point>;

const Point* Target(const LawQuestion& question) {
  return question.at.empty() ? nullptr : &question.at.front();
}

// A refit needs its value alone, and begins near an optimum that is known already.
FitOptions Bare(FitOptions options) {
  options.interval_method = IntervalMethod::kNone;
  options.starts = 2;
  return options;
}

// The same with intervals that are quick to find, for what was held out. None stays none.
FitOptions Quick(FitOptions options) {
  options.starts = 2;
  const IntervalMethod method = options.interval_method;
  if (method == IntervalMethod::kNone || method == IntervalMethod::kProfileF) return options;
  options.interval_method = IntervalMethod::kSandwich;
  return options;
}

// Gathers the optima of the sizes, those of one number of tokens together. A censored one gives its
// scale but no value.
std::vector<MeasuredScale> OptimaByTokens(const LrLawFit& fit) {
  std::vector<MeasuredScale> scales;
  for (const LrOptimum& optimum : fit.optima) {
    if (scales.empty() || std::abs(scales.back().scale / optimum.tokens - 1) > 1e-9) {
      scales.push_back({optimum.tokens, FindPlace(optimum), {}, {}});
    }
    if (optimum.censoring != Censoring::kNone) continue;
    scales.back().values.push_back(optimum.lr);
    scales.back().places.push_back(FindPlace(optimum));
  }
  return scales;
}

// Chooses, where each scale has one value, the next size that narrows the best rate at the target
// most. The line is one of tokens alone, so laws with further exponents are left out.
std::vector<NextRun> NextSizes(const LrLawFit& fit, const Point* target) {
  // With more variables the next size has no single direction to go.
  const bool of_tokens_alone = fit.law.Find(Role::kExponent, Variable::kParams) == nullptr &&
                               fit.law.Find(Role::kExponent, Variable::kBatch) == nullptr;
  if (target == nullptr || !of_tokens_alone) return {};
  std::vector<MeasuredScale> scales;
  std::vector<double> sds;
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    scales.push_back({optimum.tokens, FindPlace(optimum), {optimum.lr}, {}});
    sds.push_back(optimum.sd_ln);
  }
  return NextScales(scales, sds, &Point::tokens, *target);
}

double LogWidth(const LrEdgeFit& fit, const Point& at) {
  const Interval interval = fit.law.Predict(at).confidence;
  return std::log(interval.hi / interval.lo);
}

// Says by how much one more run in the middle of a size's bracket narrows the edge at the target.
// What the run will do is not known, so this is the mean over its two ends, each as likely as the
// model says.
double NarrowsBy(const LawQuestion& question,
                 const LrEdgeFit& fit,
                 const Point& run,
                 const Point& target) {
  const auto width_if = [&](bool fails) {
    std::vector<Point> survived(question.points.begin(), question.points.end());
    std::vector<Point> failed(question.failed.begin(), question.failed.end());
    (fails ? failed : survived).push_back(run);
    return LogWidth(FitLrEdge(survived, failed, question.options), target);
  };
  const double failure = fit.failure_probability(run.tokens, run.lr);
  const double then = failure * width_if(true) + (1 - failure) * width_if(false);
  return 1 - then / LogWidth(fit, target);
}

// Gives a loss that no rule takes for a failure, for a run that is only imagined.
double LossNear(Rows points, double tokens) {
  for (const Point& point : points) {
    if (point.tokens == tokens && point.loss > 0) return point.loss;
  }
  return 1;
}

std::vector<NextRun> NextRates(const LawQuestion& question, const LrEdgeFit& fit) {
  const Point* target = Target(question);
  std::vector<NextRun> next;
  if (target == nullptr || !(target->tokens > 0)) return next;
  const double largest = fit.brackets.back().tokens;
  for (const LrEdgeBracket& bracket : fit.brackets) {
    // Without a bracket there is no middle; the advice for such a size is to widen its sweep.
    if (bracket.last_survivor == 0 || bracket.first_failure == 0) continue;
    Point run;
    run.tokens = bracket.tokens;
    // The middle of the bracket, in ln, is the rate whose outcome is least certain.
    run.lr = std::sqrt(bracket.last_survivor * bracket.first_failure);
    const Point at = run;
    run.loss = LossNear(question.points, run.tokens);
    // The cost is counted in runs of the largest size.
    next.push_back({at, NarrowsBy(question, fit, run, *target), bracket.tokens / largest, false});
  }
  // Runs that would narrow nothing are not worth proposing, however cheap they are.
  std::erase_if(next, [](const NextRun& run) { return !(run.narrows > 0); });
  std::stable_sort(next.begin(), next.end(), [](const NextRun& a, const NextRun& b) {
    return a.narrows > b.narrows;
  });
  constexpr std::size_t kMost = 3;
  next.resize(std::min(next.size(), kMost));
  return next;
}

}  // namespace

Point FindPlace(const LrOptimum& optimum) {
  Point place;
  place.tokens = optimum.tokens;
  place.params = optimum.params;
  place.batch = optimum.batch;
  return place;
}

std::vector<Point> BracketedPlaces(const LrEdgeFit& fit) {
  std::vector<Point> places;
  for (const LrEdgeBracket& bracket : fit.brackets) {
    if (bracket.last_survivor == 0 || bracket.first_failure == 0) continue;
    Point place;
    place.tokens = bracket.tokens;
    place.loss = 1;
    places.push_back(place);
  }
  return places;
}

Criticism CriticiseLrLaw(const LawQuestion& question, const LrLawFit& fit) {
  if (!fit.ok()) return {};
  SweepCritique critique;
  // Single runs of a sweep are left out, since an optimum may hang on one of them.
  critique.points = question.points;
  critique.failed = question.failed;
  critique.fit = [&](Rows points, Rows failed) {
    return FitLrLaw(points, failed, question.options).law;
  };
  critique.bare = [&](Rows points, Rows failed) {
    return FitLrLaw(points, failed, Bare(question.options)).law;
  };
  critique.measured = OptimaByTokens(fit);
  Criticism criticism = CriticiseSweep(critique, fit.law, Target(question));
  criticism.next_runs = NextSizes(fit, Target(question));
  return criticism;
}

Criticism CriticiseLrEdge(const LawQuestion& question, const LrEdgeFit& fit) {
  if (!fit.ok()) return {};
  SweepCritique critique;
  critique.points = question.points;
  critique.failed = question.failed;
  critique.fit = [&](Rows points, Rows failed) {
    return FitLrEdge(points, failed, question.options).law;
  };
  // The edge hangs on brackets and not on single runs, so whole sizes are left out.
  critique.drop_rows = false;
  for (const LrEdgeBracket& bracket : fit.brackets) {
    MeasuredScale scale;
    scale.scale = scale.at.tokens = bracket.tokens;
    // The edge is known to within its bracket; the middle of it stands for a value.
    if (bracket.last_survivor > 0 && bracket.first_failure > 0) {
      scale.values = {std::sqrt(bracket.last_survivor * bracket.first_failure)};
      scale.known_to = {bracket.last_survivor, bracket.first_failure};
    }
    critique.measured.push_back(scale);
  }
  Criticism criticism = CriticiseSweep(critique, fit.law, Target(question));
  criticism.next_runs = NextRates(question, fit);
  return criticism;
}

// The scales of the surface are the runs around each size's optimum, at their own rates. Its next
// sizes are those of the law beside it, which has the sds that this takes.
Criticism CriticiseLrSurface(const LawQuestion& question, const LrSurfaceFit& fit) {
  if (!fit.ok()) return {};
  SweepCritique critique;
  critique.points = question.points;
  critique.failed = question.failed;
  critique.fit = [&](Rows points, Rows failed) {
    return FitLrSurface(points, failed, question.options).law;
  };
  critique.drop_rows = false;
  // Where the surface is one of size too, its own exponent of data is that of the best rate.
  const bool sized = fit.law.Find(Role::kExponent, Variable::kParams) != nullptr;
  critique.exponent = sized ? Role::kRateExponent : Role::kExponent;
  for (const LrOptimum& optimum : fit.stepwise.optima) {
    if (!critique.measured.empty() &&
        std::abs(critique.measured.back().scale / optimum.tokens - 1) < 1e-9) {
      continue;  // one SAE size stands for all of these tokens
    }
    MeasuredScale scale{optimum.tokens, FindPlace(optimum), {}, {}};
    scale.at.lr = optimum.lr;
    if (optimum.censoring == Censoring::kNone) scale.values = {optimum.loss};
    critique.measured.push_back(scale);
  }
  Criticism criticism = CriticiseSweep(critique, fit.law, Target(question));
  criticism.next_runs = NextSizes(fit.stepwise, Target(question));
  return criticism;
}

Criticism CriticiseComputeLaw(const LawQuestion& question, const ComputeLawFit& fit) {
  if (!fit.ok()) return {};
  const std::vector<Point> points = WithCompute(question.points);
  SweepCritique critique;
  critique.points = points;
  critique.scale = &Point::compute;
  critique.fit = [&](Rows rows, Rows) {
    return FitComputeLaw(rows, Quick(question.options)).leading();
  };
  // Rows that are optima already have no single runs to leave out.
  critique.drop_rows = false;
  std::vector<MeasuredScale> inside;
  std::vector<double> sds;
  for (const ComputeOptimum& optimum : fit.optima) {
    MeasuredScale scale;
    scale.scale = scale.at.compute = optimum.compute;
    // Only optima inside of the runs carry the line, and only these can be made better by one more.
    if (optimum.censoring == Censoring::kNone) {
      scale.values = {optimum.params};
      // A budget's own optimum is hardly ever known as well as the law, which is no miss of it.
      const double known = std::exp(NormalTwoSided(fit.leading().level) * optimum.sd_ln);
      scale.known_to = {optimum.params / known, optimum.params * known};
      inside.push_back(scale);
      sds.push_back(optimum.sd_ln);
    }
    critique.measured.push_back(scale);
  }
  Criticism criticism = CriticiseSweep(critique, fit.leading(), Target(question));
  if (Target(question) != nullptr) {
    criticism.next_runs = NextScales(inside, sds, &Point::compute, *Target(question));
  }
  return criticism;
}

}  // namespace saelaw
