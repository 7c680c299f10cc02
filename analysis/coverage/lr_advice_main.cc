// What following the advice costs, by simulation: sweeps of known LR*(D), with and without a cliff
// that falls faster with data than LR*(D) does. Cells and seeds are fixed below, before any result
// is seen. One line of CSV per cell; see analysis/coverage/README.md.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "fit/lr_advice.h"
#include "fit/parallel.h"

namespace saelaw {
namespace {

struct Cell {
  const char* name;
  double noise;      // of ln loss
  double curvature;  // ln loss per (ln lr)²
  int seeds;
  // The cliff: a factor above the optimum at the smallest size, and the exponent of lr_max(D); 0
  // and 0 without one.
  double cliff;
  double cliff_exponent;
};

constexpr double kLrExponent = -0.3;
constexpr int kSizes = 3;
constexpr int kRates = 5;
constexpr int kMiddle = 2;       // the place of the middle rate
constexpr double kStep = 4;      // between sizes
constexpr double kFurther = 64;  // the target over the largest size

constexpr Cell kCells[] = {
    {"valley", 0.003, 0.1, 1, 0, 0},
    {"shallow valley", 0.003, 0.03, 1, 0, 0},
    {"cliff -0.45", 0.003, 0.1, 1, 3, -0.45},
    {"cliff -0.6", 0.003, 0.1, 1, 3, -0.6},
    {"near cliff -0.5, 2 seeds", 0.003, 0.1, 2, 2, -0.5},
    {"shallow valley, cliff -0.6", 0.003, 0.03, 1, 4, -0.6},
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

struct Sweep {
  std::vector<Point> survived;
  std::vector<Point> failed;
};

void Train(const Cell& cell, double tokens, double lr, Noise& noise, Sweep& sweep) {
  for (int seed = 0; seed < cell.seeds; ++seed) {
    Point point;
    point.tokens = tokens;
    point.lr = lr;
    point.seed = seed;
    point.loss = (0.5 + std::pow(tokens / 1e6, -0.3)) *
                 std::exp(Excess(cell, tokens, lr) + cell.noise * noise.Normal());
    (lr < Edge(cell, tokens) ? sweep.survived : sweep.failed).push_back(point);
  }
}

// Five rates a factor of 2 apart around the optimum, then the cliff (where one shows) bisected to
// the square root of 2, as the planner does.
void SweepSize(const Cell& cell, double tokens, Noise& noise, Sweep& sweep) {
  const double shift = noise.Uniform() - 0.5;
  double survivor = 0;
  double failure = 0;
  for (int rate = 0; rate < kRates; ++rate) {
    const double lr = BestRate(tokens) * std::exp2(rate - kMiddle + shift);
    Train(cell, tokens, lr, noise, sweep);
    if (lr < Edge(cell, tokens)) survivor = lr;
    if (failure == 0 && lr >= Edge(cell, tokens)) failure = lr;
  }
  if (failure > 0 && survivor > 0) Train(cell, tokens, std::sqrt(survivor * failure), noise, sweep);
}

struct Outcome {
  bool advised = false;
  bool beyond = false;  // of the true edge
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
  const double stable = std::min(BestRate(target.tokens), Edge(cell, target.tokens));
  outcome.beyond = advice.lr > Edge(cell, target.tokens);
  outcome.regret =
      std::expm1(Excess(cell, target.tokens, advice.lr) - Excess(cell, target.tokens, stable));
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
  int beyond = 0;
  std::vector<double> regrets;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.advised) continue;
    beyond += outcome.beyond ? 1 : 0;
    if (!outcome.beyond) regrets.push_back(100 * outcome.regret);
  }
  std::sort(regrets.begin(), regrets.end());
  const auto advised = static_cast<int>(regrets.size()) + beyond;
  fmt::print("\"{}\",{},{},{},{:.4f},{:.4f}\n",
             cell.name,
             redraws,
             advised,
             beyond,
             Share(regrets, 0.5),
             Share(regrets, 0.95));
}

}  // namespace
}  // namespace saelaw

// saelaw-simulate-lr_advice [REDRAWS]
int main(int argc, char** argv) {
  const int redraws = argc > 1 ? std::atoi(argv[1]) : 1000;
  fmt::print("cell,sweeps,advised,beyond the edge,median regret %,95th percentile regret %\n");
  std::uint64_t seed = 20261123;
  for (const saelaw::Cell& cell : saelaw::kCells) {
    seed += 1'000'000;
    saelaw::Run(cell, seed, redraws);
  }
}
