// Each shape is searched from the best parabolas, which have a closed form. Priors are weighed
// against the noise of the fit itself, so the search is repeated until that noise stays what it is.
#include "fit/rates/valley_candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

// ln odds that the parabola has against each further parameter of a shape, before the data speaks.
constexpr double kAgainst = 3;

int ExtraParameters(ValleyKind kind) {
  return (HasSkew(kind) ? 1 : 0) + (HasPower(kind) ? 1 : 0) + (HasFlat(kind) ? 1 : 0);
}

// The sum of squares of ln loss about each level's mean: what a valley has to explain.
double TotalSquare(const ValleyData& data) {
  std::vector<double> sums(static_cast<std::size_t>(data.levels), 0.0);
  std::vector<double> counts(sums.size(), 0.0);
  for (const ValleyGroup& group : data.groups) {
    for (const ValleyRun& run : group.runs) {
      sums[static_cast<std::size_t>(run.level)] += run.y;
      ++counts[static_cast<std::size_t>(run.level)];
    }
  }
  double square = 0;
  for (const ValleyGroup& group : data.groups) {
    for (const ValleyRun& run : group.runs) {
      const auto level = static_cast<std::size_t>(run.level);
      square += std::pow(run.y - sums[level] / counts[level], 2);
    }
  }
  return square;
}

// Twice the negative logarithm of the Bayes factor for the shape against no valley at all, with
// Zellner's g-prior at each shape's own best g (Liang et al. 2008, J. Am. Stat. Assoc. 103, eq. 6
// and §2.4), and of its odds before. BIC, which is nearly the same for many runs, takes the noise
// of a fit for as well known with a few degrees of freedom as with many, and so takes one parabola
// in ten for a skewed valley where each size has five runs.
double Merit(const ValleyData& data, double total, const ValleyFit& fit, ValleyKind kind) {
  const double count = data.Free();
  const double left = std::max(count - fit.parameters, 0.5);
  const double square = std::max(fit.square, count * kSmallestNoise * kSmallestNoise);
  const double ratio = std::min(square / std::max(total, square), 1.0);
  const double f = (1 - ratio) / std::max(fit.parameters, 1.0) / (ratio / left);
  const double g = std::max(f - 1, 0.0);
  return count * std::log1p(g * ratio) - left * std::log1p(g) +
         2 * kAgainst * ExtraParameters(kind);
}

std::vector<ValleyState> ListStarts(ValleyKind kind, const ValleyState& parabola) {
  std::vector<ValleyState> starts;
  const auto add = [&](double skew, double log_power, double flat = 0) {
    ValleyState start = parabola;
    start.shape.flat = flat;
    start.shape.skew = skew;
    start.shape.log_power = log_power;
    starts.push_back(start);
  };
  constexpr double kSkew = 0.7;
  constexpr double kLogPower = 0.4;
  if (kind == ValleyKind::kParabola) add(0, 0);
  if (kind == ValleyKind::kPower) add(0, kLogPower);
  // The optimum may lie on either side of the parabola's, with a minimum of squares at each.
  if (kind == ValleyKind::kSkewed) {
    add(kSkew, 0);
    add(-kSkew, 0);
  }
  if (kind == ValleyKind::kPlateau) {
    add(0, 0, 0.2);
    add(0, 0, 0.5);
  }
  if (kind == ValleyKind::kSkewedPower) {
    add(kSkew, kLogPower);
    add(-kSkew, kLogPower);
  }
  return starts;
}

ValleyFit SearchFrom(const ValleyData& data,
                     ValleyKind kind,
                     const ValleyPlacement& placement,
                     const ValleyPriors& priors,
                     const std::vector<ValleyState>& starts) {
  ValleyFit best;
  for (const ValleyState& start : starts) {
    const ValleyFit fit = SearchValley(data, kind, placement, priors, start);
    if (fit.ok && (!best.ok || fit.objective < best.objective)) best = fit;
  }
  return best;
}

// Fits again with the priors weighed against the noise that the fit itself has, until that stays.
void Settle(const ValleyData& data, const ValleyPlacement& free, ValleyCandidate& candidate) {
  constexpr int kRounds = 8;
  constexpr double kSame = 0.01;
  for (int round = 0; round < kRounds; ++round) {
    const double df = CountFreedom(data, candidate.free);
    const double noise =
        df > 0 ? std::max(std::sqrt(candidate.free.square / df), kSmallestNoise) : kSmallestNoise;
    const bool settled = std::abs(noise / candidate.priors.noise - 1) < kSame;
    candidate.priors.noise = noise;
    if (settled) return;
    const ValleyFit next =
        SearchValley(data, candidate.kind, free, candidate.priors, candidate.free.at);
    if (!next.ok) return;
    candidate.free = next;
  }
}

// Fits a shape with free optima and one curvature.
void FitFree(const ValleyData& data, const ValleyState& parabola, ValleyCandidate& candidate) {
  const ValleyPlacement free = ValleyPlacement::Free(data);
  candidate.free = SearchFrom(
      data, candidate.kind, free, candidate.priors, ListStarts(candidate.kind, parabola));
  if (candidate.free.ok) Settle(data, free, candidate);
}

// Gives the groups curvatures of their own where they differ beyond the noise.
void SpreadCurvatures(const ValleyData& data, ValleyCandidate& candidate) {
  constexpr double kSpeaks = 4;
  constexpr double kMostSpread = 1.5;
  if (data.groups.size() < 2) return;
  const ValleyPlacement free = ValleyPlacement::Free(data);
  const CurvatureSpread spread = FindCurvatureSpread(data, candidate.kind, free, candidate.free);
  if (-spread.deviance < kSpeaks) return;
  candidate.priors.curvature_spread = std::min(spread.sd, kMostSpread);
  const ValleyFit own =
      SearchValley(data, candidate.kind, free, candidate.priors, candidate.free.at);
  if (!own.ok) return;
  candidate.free = own;
  Settle(data, free, candidate);
}

// Leaves out shapes that are hopeless, which curvatures of their own would not save.
void Prune(const ValleyData& data, std::vector<ValleyCandidate>& candidates) {
  constexpr double kHopeless = 60;  // of twice the log likelihood
  double least = std::numeric_limits<double>::infinity();
  const double total = TotalSquare(data);
  const auto merit = [&](const ValleyCandidate& one) {
    return Merit(data, total, one.free, one.kind);
  };
  for (const ValleyCandidate& one : candidates) least = std::min(least, merit(one));
  std::erase_if(candidates, [&](const auto& one) { return merit(one) > least + kHopeless; });
}

// How high the best parabolas rise at any run.
double HighestRise(const ValleyData& data, const ValleyStart& start) {
  double farthest = 0;
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    for (const ValleyRun& run : data.groups[g].runs) {
      farthest = std::max(farthest, std::abs(run.x - start.optima[g]));
    }
  }
  return std::exp(start.log_curvature) * farthest * farthest;
}

}  // namespace

double CountFreedom(const ValleyData& data, const ValleyFit& fit) {
  const double df = data.Free() - fit.parameters;
  return df > 0.5 ? df : 0;
}

std::vector<ValleyCandidate> FitShapes(const ValleyData& data, const ValleyStart& start) {
  std::vector<ValleyCandidate> candidates;
  ValleyState parabola;
  parabola.shape.log_curvature = start.log_curvature;
  parabola.position = start.optima;
  // In a shallow valley a rise of the loss and one of its logarithm are the same.
  constexpr double kShallow = 0.02;
  const bool both = HighestRise(data, start) > kShallow;
  for (const bool relative : {false, true}) {
    if (relative && !both) continue;
    parabola.shape.relative = relative;
    for (const ValleyKind kind : kValleyKinds) {
      ValleyCandidate candidate;
      candidate.kind = kind;
      candidate.relative = relative;
      candidate.priors.noise = std::max(start.noise, kSmallestNoise);
      FitFree(data, parabola, candidate);
      // A shape that leaves nothing to judge it by is no candidate, unless it is the only one.
      constexpr double kFewest = 2;
      const bool judged =
          kind == ValleyKind::kParabola || CountFreedom(data, candidate.free) >= kFewest;
      if (candidate.free.ok && judged) candidates.push_back(candidate);
    }
  }
  Prune(data, candidates);
  for (ValleyCandidate& candidate : candidates) SpreadCurvatures(data, candidate);
  return candidates;
}

void Weigh(const ValleyData& data,
           ValleyFit ValleyCandidate::*by,
           std::vector<ValleyCandidate>& candidates) {
  const double total = TotalSquare(data);
  double least = std::numeric_limits<double>::infinity();
  for (ValleyCandidate& one : candidates) {
    one.weight = Merit(data, total, one.*by, one.kind);
    least = std::min(least, one.weight);
  }
  double sum = 0;
  for (ValleyCandidate& one : candidates) {
    one.weight = std::exp(-0.5 * (one.weight - least));
    sum += one.weight;
  }
  for (ValleyCandidate& one : candidates) one.weight /= sum;
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.weight > b.weight;
  });
}

}  // namespace saelaw
