// Sweeps with a known best rate and a known stability edge, in which advised rates can be followed:
// for a test and for analysis/risk.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "study/findings/rate_choice.h"

namespace saelaw::risk_world {

// LR*(D) = 1e-3·(D/1e6)^-0.3, loss 0.5 + (D/1e6)^-0.3 there, a parabola in ln lr around it.
struct Cell {
  const char* name;
  double curvature;  // ln loss per (ln lr)²
  int seeds;         // of every rate; of the last survivor and the first failure:
  int edge_seeds;
  // The edge: a factor above the best rate at the smallest size, its exponent, and the width of the
  // logistic in ln lr; 0: it is sharp.
  double cliff, cliff_exponent, width;
};

inline constexpr int kSizes = 3;
inline constexpr double kStep = 4;      // between sizes
inline constexpr double kFurther = 64;  // the target over the largest size
inline constexpr double kNoise = 0.003;
inline constexpr double kTarget = 1e6 * kStep * kStep * kFurther;

// Normal deviates by Box-Muller, so that a seed means the same everywhere.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : generator_(seed) {}
  double Uniform() { return (static_cast<double>(generator_() >> 11) + 0.5) * 0x1.0p-53; }
  double Normal() {
    return std::sqrt(-2 * std::log(Uniform())) * std::cos(2 * std::numbers::pi * Uniform());
  }

 private:
  std::mt19937_64 generator_;
};

inline double BestRate(double tokens) { return 1e-3 * std::pow(tokens / 1e6, -0.3); }
inline double BestLoss(double tokens) { return 0.5 + std::pow(tokens / 1e6, -0.3); }
inline double Edge(const Cell& cell, double tokens) {
  return cell.cliff * 1e-3 * std::pow(tokens / 1e6, cell.cliff_exponent);
}
inline double Excess(const Cell& cell, double tokens, double lr) {
  const double z = std::log(lr / BestRate(tokens));
  return std::expm1(cell.curvature * z * z);
}
inline double FailureAt(const Cell& cell, double tokens, double lr) {
  const double above = std::log(lr / Edge(cell, tokens));
  if (cell.width == 0) return above < 0 ? 0 : 1;
  return 1 / (1 + std::exp(-above / cell.width));
}

// One size: which of its rates failed, and with how many seeds each was run.
class Size {
 public:
  Size(const Cell& cell, double tokens, Noise& noise, RateRuns& runs)
      : cell_(cell), tokens_(tokens), noise_(noise), runs_(runs) {}

  // Seeds up to that many.
  void Train(double lr, int seeds) {
    auto& [trained, failed] = rates_[lr];
    for (; trained < seeds; ++trained) {
      Point point;
      point.tokens = tokens_;
      point.lr = lr;
      point.seed = point.stream = trained;
      point.loss =
          BestLoss(tokens_) * (1 + Excess(cell_, tokens_, lr)) * std::exp(kNoise * noise_.Normal());
      const bool fails = noise_.Uniform() < FailureAt(cell_, tokens_, lr);
      failed = failed || fails;
      (fails ? runs_.failed : runs_.survived).push_back(point);
    }
  }

  // The last survivor below the first failure, and that failure; 0 where there is none.
  std::pair<double, double> Bracket() const {
    double survivor = 0;
    for (const auto& [lr, record] : rates_) {
      if (record.second) return {survivor, lr};
      survivor = lr;
    }
    return {survivor, 0};
  }

 private:
  const Cell& cell_;
  double tokens_;
  Noise& noise_;
  RateRuns& runs_;
  std::map<double, std::pair<int, bool>> rates_;
};

// As the planner: five rates a factor of 2 apart around the best one, the cliff's bracket bisected
// once, and then repeated until its rates have all their seeds.
inline void SweepSize(const Cell& cell, double tokens, Noise& noise, RateRuns& runs) {
  const double shift = noise.Uniform() - 0.5;
  Size size(cell, tokens, noise, runs);
  for (int rate = -2; rate <= 2; ++rate) {
    size.Train(BestRate(tokens) * std::exp2(rate + shift), cell.seeds);
  }
  const auto [survivor, failure] = size.Bracket();
  if (survivor > 0 && failure > 0) size.Train(std::sqrt(survivor * failure), cell.seeds);
  for (std::pair<double, double> seen{-1, -1}; seen != size.Bracket();) {
    seen = size.Bracket();
    if (seen.second == 0) return;
    if (seen.first > 0) size.Train(seen.first, cell.edge_seeds);
    size.Train(seen.second, cell.edge_seeds);
  }
}

inline RateLaws SweepIn(const Cell& cell, std::uint64_t seed) {
  Noise noise(seed);
  RateRuns runs;
  for (int size = 0; size < kSizes; ++size) {
    SweepSize(cell, 1e6 * std::pow(kStep, size), noise, runs);
  }
  RateLaws laws;
  laws.best = FitLrLaw(runs.survived, runs.failed, {});
  laws.edge = FitLrEdge(runs.survived, runs.failed, {});
  laws.loss_exponent = ExponentOfBest(laws.best);
  return laws;
}

// What is to be expected of following a rate at the target, as a share of the loss at the best
// rate: each start fails by a lottery of its own, is seen after `seen_at` of the run, and is
// started again at 1/√2 of the rate.
inline double Expected(const Cell& cell, double lr, double seen_at) {
  const double term = std::pow(kTarget / 1e6, -0.3);
  const double exponent = 0.3 * term / BestLoss(kTarget);
  const double failure = std::expm1(exponent * std::log1p(seen_at));
  double expected = 0, reached = 1;
  for (int restart = 0; restart < 60 && reached > 1e-12; ++restart, lr /= std::numbers::sqrt2) {
    const double fails = FailureAt(cell, kTarget, lr);
    expected += reached * ((1 - fails) * Excess(cell, kTarget, lr) + fails * failure);
    reached *= fails;
  }
  return expected;
}

// The least of it, for whoever knows the edge and the best rate.
inline double LeastExpected(const Cell& cell, double seen_at) {
  double least = INFINITY;
  for (double lr = BestRate(kTarget); lr > 1e-9; lr *= 0.98) {
    least = std::min(least, Expected(cell, lr, seen_at));
  }
  return least;
}

}  // namespace saelaw::risk_world
