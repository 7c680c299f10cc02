// What following the advice costs, by simulation: sweeps of known LR*(D), with and without a cliff
// that falls faster with data than LR*(D) does. Cells and seeds are fixed below, before any result
// is seen. One line of CSV per cell; see analysis/coverage/README.md.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "fit/fit.h"
#include "fit/rates/cliff_world.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

using namespace cliff_world;  // NOLINT: the world that is simulated

constexpr Cell kCells[] = {
    {"valley", 0.1, 1, 3, 0, 0, 0},
    {"shallow valley", 0.03, 1, 3, 0, 0, 0},
    {"cliff -0.45", 0.1, 1, 3, 3, -0.45, 0},
    {"cliff -0.6", 0.1, 1, 3, 3, -0.6, 0},
    {"cliff -1", 0.1, 1, 3, 4, -1, 0},
    {"near cliff -0.5; 2 seeds", 0.1, 2, 3, 2, -0.5, 0},
    {"shallow valley; cliff -0.6", 0.03, 1, 3, 4, -0.6, 0},
    {"cliff -0.6; one seed alone", 0.1, 1, 1, 3, -0.6, 0},
    {"cliff -0.45; bisected to 1.19", 0.1, 1, 3, 3, -0.45, 0, 2},
    {"cliff -0.45; bisected to 1.09", 0.1, 1, 3, 3, -0.45, 0, 3},
    {"cliff -0.6; bisected to 1.09", 0.1, 1, 3, 3, -0.6, 0, 3},
    {"lottery 0.1; cliff -0.45", 0.1, 1, 3, 3, -0.45, 0.1},
    {"lottery 0.2; cliff -0.45", 0.1, 1, 3, 3, -0.45, 0.2},
    {"lottery 0.3; cliff -0.45", 0.1, 1, 3, 3, -0.45, 0.3},
    {"lottery 0.1; cliff -0.45; 3 seeds, 6 at the edge", 0.1, 3, 6, 3, -0.45, 0.1, 2},
    {"lottery 0.2; cliff -0.45; 3 seeds, 6 at the edge", 0.1, 3, 6, 3, -0.45, 0.2, 2},
};

// The rate that a run survives with 99 %, no higher than the best one.
double BestStableRate(const Cell& cell, double tokens) {
  const double widths = std::log((1 - kFailureAtBound) / kFailureAtBound);
  return std::min(BestRate(tokens), Edge(cell, tokens) * std::exp(-widths * cell.width));
}

struct Outcome {
  bool advised = false;
  bool beyond = false;  // of the true edge, where half of the runs fail
  bool failed = false;  // the recommended run
  double regret = 0;    // share of the loss, against the best stable rate
};

Outcome Follow(const Cell& cell, std::uint64_t seed) {
  RecordedNoise noise(seed);
  const SweptRates sweep = SweepSizes(cell, noise);
  Point target;
  target.tokens = kTarget;
  const LrLawFit law = FitLrLaw(sweep.survived, sweep.failed, {});
  const LrEdgeFit edge = FitLrEdge(sweep.survived, sweep.failed, {});
  const LrAdvice advice = AdviseRate(law, edge, target);
  Outcome outcome;
  outcome.advised = advice.lr > 0;
  if (!outcome.advised) return outcome;
  outcome.beyond = advice.lr > Edge(cell, target.tokens);
  outcome.failed = noise.Uniform() < FailureAt(cell, target.tokens, advice.lr);
  outcome.regret = std::expm1(LogExcess(cell, target.tokens, advice.lr) -
                              LogExcess(cell, target.tokens, BestStableRate(cell, target.tokens)));
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
