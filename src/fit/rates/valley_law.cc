// Every shape is fitted twice, with an optimum for each size and with the optima on a line. What
// the first gains over the second tests the line, and how well each shape does decides its weight.
#include "fit/rates/valley_law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <Eigen/Dense>

#include "fit/intervals/intervals.h"
#include "fit/rates/valley_interval.h"
#include "fit/rates/valley_reach.h"
#include "fit/solve/distributions.h"
#include "fit/solve/scattered_line.h"

namespace saelaw {
namespace {

constexpr double kSignificant = 0.01;
// A plain line through the free optima, each weighted by what its runs know of it.
Vector LineThrough(const ValleyData& data, const ValleyPlacement& line, const ValleyFit& free) {
  const auto groups = static_cast<Eigen::Index>(data.groups.size());
  Eigen::MatrixXd x(groups, line.size);
  Eigen::VectorXd y(groups);
  for (Eigen::Index g = 0; g < groups; ++g) {
    const double weight =
        1 / std::sqrt(free.covariance[static_cast<std::size_t>(g * groups + g)] + 1e-12);
    for (Eigen::Index k = 0; k < line.size; ++k) {
      x(g, k) = weight * line.design[static_cast<std::size_t>(g * line.size + k)];
    }
    y(g) = weight * free.at.position[static_cast<std::size_t>(g)];
  }
  const Eigen::VectorXd solved = x.colPivHouseholderQr().solve(y);
  return {solved.begin(), solved.end()};
}

// The variance of ln loss about a fit. Where the rates' means are missed by more than replicates
// differ, it is that of the misses, which no number of replicates makes smaller.
struct Scatter {
  double variance = 0;
  double df = 0;
  bool misfit = false;
};
Scatter ScatterAbout(const ValleyFit& fit, const ValleyLaw& law) {
  Scatter scatter;
  scatter.df = CountFreedom(law.data, fit);
  if (!(scatter.df > 0)) return scatter;
  scatter.variance = fit.square / scatter.df;
  const double df = scatter.df - law.replicate_df;
  if (law.replicate_df > 0 && df > 0.5) {
    const double misses = std::max(0.0, fit.square - law.replicate_square) / df;
    const double replicates =
        std::max(law.replicate_square / law.replicate_df, kSmallestNoise * kSmallestNoise);
    scatter.misfit = FisherTail(misses / replicates, df, law.replicate_df) < kSignificant;
    if (scatter.misfit) scatter = {misses, df, true};
  }
  scatter.variance = std::max(scatter.variance, kSmallestNoise * kSmallestNoise);
  return scatter;
}

// What each group says by itself, by the heaviest shape.
void DescribeOptima(const std::vector<std::size_t>& of, ValleyLaw& law) {
  const ValleyCandidate& best = law.best();
  const Scatter scatter = ScatterAbout(best.free, law);
  law.free_df = scatter.df;
  const std::size_t groups = law.data.groups.size();
  for (std::size_t g = 0; g < groups; ++g) {
    ValleyOptimum& optimum = law.optima[of[g]];
    optimum.informative = true;
    optimum.log_rate = best.free.at.position[g];
    optimum.sd = std::sqrt(scatter.variance * best.free.covariance[g * groups + g]);
    optimum.runs = static_cast<int>(law.data.groups[g].runs.size());
    ValleyShape shape = best.free.at.shape;
    if (!best.free.at.curvatures.empty()) shape.log_curvature += best.free.at.curvatures[g];
    // As a parabola has it: of the rise at half the reach, both sides together.
    constexpr double kHalf = kValleyReach / 2;
    optimum.curvature = (shape.Rise(kHalf) + shape.Rise(-kHalf)) / (2 * kHalf * kHalf);
    std::map<int, std::pair<double, int>> levels;
    for (const ValleyRun& run : law.data.groups[g].runs) {
      auto& [sum, count] = levels[run.level];
      sum += run.y - shape.Rise(run.x - optimum.log_rate);
      ++count;
    }
    optimum.bottom = 0;
    for (const auto& [level, mean] : levels) {
      optimum.bottom += mean.first / mean.second / static_cast<double>(levels.size());
    }
  }
}

// Fits the line for each shape, and gives what is known of its noise.
void FitLines(ValleyLaw& law) {
  // What hardly weighs with free optima does not decide the line either.
  constexpr double kSlight = 1e-5;
  std::erase_if(law.candidates, [](const ValleyCandidate& one) { return one.weight < kSlight; });
  const ValleyPlacement line = ValleyPlacement::Line(law.data, law.centre);
  for (ValleyCandidate& one : law.candidates) {
    ValleyState start = one.free.at;
    start.position = LineThrough(law.data, line, one.free);
    one.line = SearchValley(law.data, one.kind, line, one.priors, start);
  }
  std::erase_if(law.candidates, [](const ValleyCandidate& one) { return !one.line.ok; });
}

// Tests the line of the shape that does best with free optima, by what these gain over it.
void TestLine(ValleyLaw& law) {
  const ValleyCandidate& best = law.best();
  const double more = best.free.parameters - best.line.parameters;
  const double df = CountFreedom(law.data, best.free);
  if (!(more > 0.5) || !(df > 0.5)) return;
  const double variance = ScatterAbout(best.free, law).variance;
  const double ratio = (best.line.square - best.free.square) / more / variance;
  law.scatters = FisherTail(ratio, more, df) < kSignificant;
  if (law.scatters) law.scatter_ratio = std::sqrt(ratio);
}

// Where the optima scatter about the line, it goes through them as points with a variance of their
// own beside that of their runs.
void ScatterLines(ValleyLaw& law) {
  const ValleyPlacement line = ValleyPlacement::Line(law.data, law.centre);
  for (ValleyCandidate& one : law.candidates) {
    const double variance = ScatterAbout(one.free, law).variance;
    Vector covariance = one.free.covariance;
    for (double& value : covariance) value *= variance;
    const ScatteredLine found = FitScatteredLine(line.design, one.free.at.position, covariance);
    one.scattered = found.coefficients;
    one.scattered_covariance = found.covariance;
    one.scattered_df = static_cast<double>(law.data.groups.size()) - line.size;
    if (&one == &law.candidates.front()) law.scatter = found.sd;
  }
}

void FitAlongLine(ValleyLaw& law) {
  FitLines(law);
  if (law.candidates.empty()) {
    law.refusal = refusal::NoLine{};
    return;
  }
  TestLine(law);
  if (law.scatters) {
    ScatterLines(law);
  } else {
    Weigh(law.data, &ValleyCandidate::line, law.candidates);
    // Shapes of next to no weight would only disturb a fit that is exact.
    constexpr double kNegligible = 1e-3;
    std::erase_if(law.candidates,
                  [](const ValleyCandidate& one) { return one.weight < kNegligible; });
    Weigh(law.data, &ValleyCandidate::line, law.candidates);
  }
  for (ValleyCandidate& one : law.candidates) {
    const Scatter scatter = ScatterAbout(law.scatters ? one.free : one.line, law);
    one.variance = scatter.variance;
    one.df = scatter.df;
  }
}

// A bound counts as the optimum of a typical size would: by the median of what their runs know.
void SetBounds(const ValleyStart& start, ValleyData& data) {
  std::vector<double> known;
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    double square = 0;
    for (const ValleyRun& run : data.groups[g].runs) {
      square += std::pow(2 * std::exp(start.log_curvature) * (run.x - start.optima[g]), 2);
    }
    known.push_back(std::sqrt(square));
  }
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  std::nth_element(known.begin(), middle, known.end());
  for (ValleyGroup& group : data.groups) {
    if (std::isfinite(group.bound)) group.bound_weight = *middle;
  }
}

// The runs within reach of the optima, and the shapes through them: each decides the other, and a
// few rounds settle both.
void FitWithinReach(const ValleyData& all, ValleyLaw& law, std::vector<std::size_t>& of) {
  Vector centres;
  for (const ValleyGroup& group : all.groups) centres.push_back(group.centre);
  constexpr int kRounds = 6;
  ReachedRuns reached = WithinReach(all, centres, kValleyReach);
  for (int round = 0; round < kRounds; ++round) {
    const ValleyStart start = StartOfValleys(reached.data);
    if (!start.ok) {
      law.refusal = refusal::NoValley{};
      return;
    }
    law.data = reached.data;
    SetBounds(start, law.data);
    of = reached.of;
    law.candidates = FitShapes(law.data, start);
    if (law.candidates.empty()) {
      law.refusal = refusal::NoShape{};
      return;
    }
    Weigh(law.data, &ValleyCandidate::free, law.candidates);
    for (std::size_t g = 0; g < of.size(); ++g) {
      centres[of[g]] = NearestWithin(all.groups[of[g]], law.best().free.at.position[g]);
    }
    ReachedRuns next = WithinReach(all, centres, kValleyReach);
    if (SameRuns(next, reached)) return;
    reached = std::move(next);
  }
}

void CentrePlaces(ValleyLaw& law) {
  law.centre.assign(law.data.groups.front().place.size(), 0.0);
  for (const ValleyGroup& group : law.data.groups) {
    for (std::size_t k = 0; k < law.centre.size(); ++k) {
      law.centre[k] += group.place[k] / static_cast<double>(law.data.groups.size());
    }
  }
}

ValleyLaw Begin(const ValleyData& all) {
  ValleyLaw law;
  law.optima.resize(all.groups.size());
  std::vector<std::size_t> of;
  FitWithinReach(all, law, of);
  if (!law.ok()) return law;
  const Squares pure = ComputePureError(law.data);
  law.replicate_square = pure.value;
  law.replicate_df = pure.df;
  DescribeOptima(of, law);
  return law;
}

void JudgeMisfit(ValleyLaw& law) {
  const ValleyCandidate& best = law.best();
  const ValleyFit& fit = law.scatters || !best.line.ok ? best.free : best.line;
  const Scatter scatter = ScatterAbout(fit, law);
  law.misfit = scatter.misfit;
  if (!scatter.misfit) return;
  // A mean over as many replicates as a rate has: what it is off by counts once for each.
  const double rates = static_cast<double>(DistinctRates(law.data));
  law.misses_by = std::sqrt(scatter.variance * rates / law.data.Runs());
}

}  // namespace

double ValleyLaw::ReplicateSd() const {
  return replicate_df > 0 ? std::sqrt(replicate_square / replicate_df)
                          : std::numeric_limits<double>::quiet_NaN();
}

double ValleyLaw::ResidualSd() const {
  const ValleyFit& fit = scatters || !best().line.ok ? best().free : best().line;
  const double df = CountFreedom(data, fit);
  return df > 0 ? std::sqrt(fit.square / df) : std::numeric_limits<double>::quiet_NaN();
}

double ValleyLaw::Rise(double z) const {
  double rise = 0;
  for (const ValleyCandidate& one : candidates) {
    rise += one.weight * (one.line.ok ? one.line : one.free).at.shape.Rise(z);
  }
  return rise;
}

ValleyEstimate ValleyLaw::OptimumAt(const Vector& place, double level) const {
  return MakeEstimate(*this, {place, 0}, level);
}

ValleyEstimate ValleyLaw::Slope(std::size_t entry, double level) const {
  return MakeEstimate(*this, {centre, static_cast<int>(entry) + 1}, level);
}

Prediction PredictOptimum(
    const ValleyLaw& law, const Vector& place, double level, double scatter_sd, const Point& at) {
  const ValleyEstimate best = law.OptimumAt(place, level);
  Prediction prediction;
  prediction.at = at;
  prediction.value = std::exp(best.value);
  prediction.confidence = Exponential(best.interval);
  if (!best.interval.known()) return prediction;
  const double further = StudentTwoSided(level, law.best().df) * scatter_sd;
  prediction.prediction =
      Exponential({best.value - std::hypot(best.value - best.interval.lo, further),
                   best.value + std::hypot(best.interval.hi - best.value, further)});
  return prediction;
}

ValleyLaw FitValleyLaw(const ValleyData& all) {
  ValleyLaw law = Begin(all);
  if (!law.ok()) return law;
  CentrePlaces(law);
  FitAlongLine(law);
  if (law.ok()) JudgeMisfit(law);
  return law;
}

ValleyLaw FitValleysAlone(const ValleyData& all) {
  ValleyLaw law = Begin(all);
  if (law.ok()) JudgeMisfit(law);
  return law;
}

}  // namespace saelaw
