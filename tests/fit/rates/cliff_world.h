// Sweeps with a known best rate and a known stability edge: for tests, for analysis/risk and for
// analysis/coverage.
#pragma once

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "fit/points/point.h"
#include "fit/recorded_noise.h"

namespace saelaw::cliff_world {

using testing::RecordedNoise;

// LR*(D) = 1e-3·(D/1e6)^-0.3, loss 0.5 + (D/1e6)^-0.3 there, a parabola in ln lr around it.
struct Cell {
  const char* name;
  double curvature;  // ln loss per (ln lr)²
  int seeds;         // of every rate; of the last survivor and the first failure:
  int edge_seeds;
  // The edge: a factor above the best rate at the smallest size, its exponent, and the width of the
  // logistic in ln lr. Factor 0: there is none; width 0: it is sharp, else survival is a lottery.
  double cliff, cliff_exponent, width;
  int bisections = 1;  // of the gap at the edge, which is a factor of 2 at first
};

inline constexpr int kSizes = 3;
inline constexpr double kStep = 4;      // between sizes
inline constexpr double kFurther = 64;  // the target over the largest size
inline constexpr double kNoise = 0.003;
inline constexpr double kTarget = 1e6 * kStep * kStep * kFurther;

inline double BestRate(double tokens) { return 1e-3 * std::pow(tokens / 1e6, -0.3); }
inline double BestLoss(double tokens) { return 0.5 + std::pow(tokens / 1e6, -0.3); }
inline double Edge(const Cell& cell, double tokens) {
  if (cell.cliff == 0) return INFINITY;
  return cell.cliff * 1e-3 * std::pow(tokens / 1e6, cell.cliff_exponent);
}
// ln of the loss at a rate over that of the best rate.
inline double LogExcess(const Cell& cell, double tokens, double lr) {
  const double z = std::log(lr / BestRate(tokens));
  return cell.curvature * z * z;
}
// The probability that a run fails.
inline double FailureAt(const Cell& cell, double tokens, double lr) {
  const double above = std::log(lr / Edge(cell, tokens));
  if (cell.width == 0) return above < 0 ? 0 : 1;
  return 1 / (1 + std::exp(-above / cell.width));
}

struct SweptRates {
  std::vector<Point> survived, failed;
};

// One size: which of its rates failed, and with how many seeds each was run.
class Size {
 public:
  Size(const Cell& cell, double tokens, RecordedNoise& noise, SweptRates& runs)
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
          BestLoss(tokens_) * std::exp(LogExcess(cell_, tokens_, lr) + kNoise * noise_.Normal());
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

  // Until the rates of the bracket have all their seeds.
  void Repeat() {
    for (std::pair<double, double> seen{-1, -1}; seen != Bracket();) {
      seen = Bracket();
      if (seen.second == 0) return;
      if (seen.first > 0) Train(seen.first, cell_.edge_seeds);
      Train(seen.second, cell_.edge_seeds);
    }
  }

 private:
  const Cell& cell_;
  double tokens_;
  RecordedNoise& noise_;
  SweptRates& runs_;
  std::map<double, std::pair<int, bool>> rates_;  // seeds so far, whether one failed
};

// As the planner: five rates a factor of 2 apart around the best one, then the cliff's bracket
// bisected and repeated.
inline void SweepSize(const Cell& cell, double tokens, RecordedNoise& noise, SweptRates& runs) {
  const double shift = noise.Uniform() - 0.5;
  Size size(cell, tokens, noise, runs);
  for (int rate = -2; rate <= 2; ++rate) {
    size.Train(BestRate(tokens) * std::exp2(rate + shift), cell.seeds);
  }
  for (int i = 0; i < cell.bisections; ++i) {
    const auto [survivor, failure] = size.Bracket();
    if (survivor > 0 && failure > 0) size.Train(std::sqrt(survivor * failure), cell.seeds);
  }
  size.Repeat();
}

inline SweptRates SweepSizes(const Cell& cell, RecordedNoise& noise) {
  SweptRates runs;
  for (int size = 0; size < kSizes; ++size) {
    SweepSize(cell, 1e6 * std::pow(kStep, size), noise, runs);
  }
  return runs;
}

}  // namespace saelaw::cliff_world
