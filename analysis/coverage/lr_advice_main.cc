// What following the advice costs, by simulation: sweeps of known LR*(D), with and without a cliff
// that falls faster with data than LR*(D) does. Cells and seeds are fixed below, before any result
// is seen. One line of CSV per cell; see analysis/coverage/README.md.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "fit/fit.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

struct Cell {
  const char* name;
  double noise;      // of ln loss
  double curvature;  // ln loss per (ln lr)²
  int seeds;         // of every rate
  int edge_seeds;    // of the last survivor and the first failure
  int bisections;    // of the gap between these, which is a factor of 2 at first
  // The cliff: a factor above the optimum at the smallest size, and the exponent of lr_max(D); 0
  // and 0 without one. Its width: 0 is a sharp edge, else survival is a lottery.
  double cliff;
  double cliff_exponent;
  double width;
};

constexpr double kLrExponent = -0.3;
constexpr int kSizes = 3;
constexpr int kRates = 5;
constexpr int kMiddle = 2;       // the place of the middle rate
constexpr double kStep = 4;      // between sizes
constexpr double kFurther = 64;  // the target over the largest size

constexpr Cell kCells[] = {
    {"valley", 0.003, 0.1, 1, 3, 1, 0, 0, 0},
    {"shallow valley", 0.003, 0.03, 1, 3, 1, 0, 0, 0},
    {"cliff -0.45", 0.003, 0.1, 1, 3, 1, 3, -0.45, 0},
    {"cliff -0.6", 0.003, 0.1, 1, 3, 1, 3, -0.6, 0},
    {"cliff -1", 0.003, 0.1, 1, 3, 1, 4, -1, 0},
    {"near cliff -0.5; 2 seeds", 0.003, 0.1, 2, 3, 1, 2, -0.5, 0},
    {"shallow valley; cliff -0.6", 0.003, 0.03, 1, 3, 1, 4, -0.6, 0},
    {"cliff -0.6; one seed alone", 0.003, 0.1, 1, 1, 1, 3, -0.6, 0},
    {"cliff -0.45; bisected to 1.19", 0.003, 0.1, 1, 3, 2, 3, -0.45, 0},
    {"cliff -0.45; bisected to 1.09", 0.003, 0.1, 1, 3, 3, 3, -0.45, 0},
    {"cliff -0.6; bisected to 1.09", 0.003, 0.1, 1, 3, 3, 3, -0.6, 0},
    {"lottery 0.1; cliff -0.45", 0.003, 0.1, 1, 3, 1, 3, -0.45, 0.1},
    {"lottery 0.2; cliff -0.45", 0.003, 0.1, 1, 3, 1, 3, -0.45, 0.2},
    {"lottery 0.3; cliff -0.45", 0.003, 0.1, 1, 3, 1, 3, -0.45, 0.3},
    {"lottery 0.1; cliff -0.45; 3 seeds, 6 at the edge", 0.003, 0.1, 3, 6, 2, 3, -0.45, 0.1},
    {"lottery 0.2; cliff -0.45; 3 seeds, 6 at the edge", 0.003, 0.1, 3, 6, 2, 3, -0.45, 0.2},
};

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

double BestRate(double tokens) { return 1e-3 * std::pow(tokens / 1e6, kLrExponent); }

double Edge(const Cell& cell, double tokens) {
  if (cell.cliff == 0) return INFINITY;
  return cell.cliff * 1e-3 * std::pow(tokens / 1e6, cell.cliff_exponent);
}

// ln of the loss at a rate over that of the best rate.
double Excess(const Cell& cell, double tokens, double lr) {
  const double z = std::log(lr / BestRate(tokens));
  return cell.curvature * z * z;
}

// The probability that a run fails.
double Failure(const Cell& cell, double tokens, double lr) {
  const double above = std::log(lr / Edge(cell, tokens));
  if (cell.width == 0 || cell.cliff == 0) return above < 0 ? 0 : 1;
  return 1 / (1 + std::exp(-above / cell.width));
}

// The rate that a run survives with 99 %, no higher than the best one.
double BestStableRate(const Cell& cell, double tokens) {
  const double widths = std::log((1 - kFailureAtBound) / kFailureAtBound);
  return std::min(BestRate(tokens), Edge(cell, tokens) * std::exp(-widths * cell.width));
}

struct Sweep {
  std::vector<Point> survived;
  std::vector<Point> failed;
};

// One size: which of its rates failed, and with how many seeds each was run.
class Size {
 public:
  Size(const Cell& cell, double tokens, Noise& noise, Sweep& sweep)
      : cell_(cell), tokens_(tokens), noise_(noise), sweep_(sweep) {}

  // Seeds up to that many.
  void Train(double lr, int seeds) {
    Rate& rate = rates_[lr];
    for (; rate.seeds < seeds; ++rate.seeds) {
      Point point;
      point.tokens = tokens_;
      point.lr = lr;
      point.seed = point.stream = rate.seeds;
      point.loss = (0.5 + std::pow(tokens_ / 1e6, -0.3)) *
                   std::exp(Excess(cell_, tokens_, lr) + cell_.noise * noise_.Normal());
      const bool fails = noise_.Uniform() < Failure(cell_, tokens_, lr);
      rate.failed = rate.failed || fails;
      (fails ? sweep_.failed : sweep_.survived).push_back(point);
    }
  }

  // The last survivor below the first failure, and that failure; 0 where there is none.
  std::pair<double, double> Bracket() const {
    double survivor = 0;
    for (const auto& [lr, rate] : rates_) {
      if (rate.failed) return {survivor, lr};
      survivor = lr;
    }
    return {survivor, 0};
  }

  // As the planner: until the rates of the bracket have all their seeds.
  void Repeat() {
    for (std::pair<double, double> seen{-1, -1}; seen != Bracket();) {
      seen = Bracket();
      if (seen.second == 0) return;
      if (seen.first > 0) Train(seen.first, cell_.edge_seeds);
      Train(seen.second, cell_.edge_seeds);
    }
  }

 private:
  struct Rate {
    int seeds = 0;
    bool failed = false;
  };
  const Cell& cell_;
  double tokens_;
  Noise& noise_;
  Sweep& sweep_;
  std::map<double, Rate> rates_;
};

// Five rates a factor of 2 apart around the optimum, then the cliff (where one shows) bisected and
// its bracket repeated with more seeds, as the planner does.
void SweepSize(const Cell& cell, double tokens, Noise& noise, Sweep& sweep) {
  const double shift = noise.Uniform() - 0.5;
  Size size(cell, tokens, noise, sweep);
  for (int rate = 0; rate < kRates; ++rate) {
    size.Train(BestRate(tokens) * std::exp2(rate - kMiddle + shift), cell.seeds);
  }
  for (int i = 0; i < cell.bisections; ++i) {
    const auto [survivor, failure] = size.Bracket();
    if (survivor > 0 && failure > 0) size.Train(std::sqrt(survivor * failure), cell.seeds);
  }
  size.Repeat();
}

struct Outcome {
  bool advised = false;
  bool beyond = false;  // of the true edge, where half of the runs fail
  bool failed = false;  // the recommended run
  double regret = 0;    // share of the loss, against the best stable rate
};

Outcome Follow(const Cell& cell, std::uint64_t seed) {
  Noise noise(seed);
  Sweep sweep;
  for (int size = 0; size < kSizes; ++size) {
    SweepSize(cell, 1e6 * std::pow(kStep, size), noise, sweep);
  }
  Point target;
  target.tokens = 1e6 * std::pow(kStep, kSizes - 1) * kFurther;
  const LrLawFit law = FitLrLaw(sweep.survived, sweep.failed, {});
  const LrEdgeFit edge = FitLrEdge(sweep.survived, sweep.failed, {});
  const LrAdvice advice = AdviseRate(law, edge, target);
  Outcome outcome;
  outcome.advised = advice.lr > 0;
  if (!outcome.advised) return outcome;
  outcome.beyond = advice.lr > Edge(cell, target.tokens);
  outcome.failed = noise.Uniform() < Failure(cell, target.tokens, advice.lr);
  outcome.regret = std::expm1(Excess(cell, target.tokens, advice.lr) -
                              Excess(cell, target.tokens, BestStableRate(cell, target.tokens)));
  return outcome;
}

double Share(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return NAN;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void Run(const Cell& cell, std::uint64_t first_seed, int redraws) {
  std::vector<Outcome> outcomes(static_cast<std::size_t>(redraws));
  ParallelFor(redraws, 0, [&](int i) {
    outcomes[static_cast<std::size_t>(i)] =
        Follow(cell, first_seed + static_cast<std::uint64_t>(i));
  });
  int advised = 0;
  int beyond = 0;
  int failed = 0;
  std::vector<double> regrets;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.advised) continue;
    ++advised;
    beyond += outcome.beyond ? 1 : 0;
    failed += outcome.failed ? 1 : 0;
    if (!outcome.failed) regrets.push_back(100 * outcome.regret);
  }
  std::sort(regrets.begin(), regrets.end());
  fmt::print("\"{}\",{},{},{},{},{:.4f},{:.4f}\n",
             cell.name,
             redraws,
             advised,
             beyond,
             failed,
             Share(regrets, 0.5),
             Share(regrets, 0.95));
}

}  // namespace
}  // namespace saelaw

// saelaw-simulate-lr_advice [REDRAWS [SEED]]
int main(int argc, char** argv) {
  const int redraws = argc > 1 ? std::atoi(argv[1]) : 1000;
  fmt::print(
      "cell,sweeps,advised,beyond the edge,recommended run failed,median regret %,95th percentile "
      "regret %\n");
  std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20261126;
  for (const saelaw::Cell& cell : saelaw::kCells) {
    seed += 1'000'000;
    saelaw::Run(cell, seed, redraws);
  }
}
