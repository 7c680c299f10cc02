// What following an advised learning rate is worth, by simulation: the rule of 0.1.0 (the best
// rate, held below what survives with 99 %), a risk of 1 %, and the rate of least expected loss.
// Cells and seeds are fixed below, before any result is seen. One line of CSV per cell and rule;
// see analysis/risk/README.md.
//   saelaw-simulate-rate_risk [SWEEPS [SEED]]
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "study/findings/risk_world.h"

namespace saelaw {
namespace {

using namespace risk_world;  // NOLINT: the world that is simulated

constexpr double kSeenAt = 0.05;  // of a run that fails

constexpr Cell kCells[] = {{"cliff -0.45", 0.1, 1, 3, 3, -0.45, 0},
                           {"cliff -0.6", 0.1, 1, 3, 3, -0.6, 0},
                           {"cliff -1", 0.1, 1, 3, 4, -1, 0},
                           {"near cliff -0.5; 2 seeds", 0.1, 2, 3, 2, -0.5, 0},
                           {"shallow valley; cliff -0.6", 0.03, 1, 3, 4, -0.6, 0},
                           {"cliff -0.6; one seed alone", 0.1, 1, 1, 3, -0.6, 0},
                           {"cliff -0.3, as the best rate", 0.1, 1, 3, 3, -0.3, 0},
                           {"lottery 0.1; cliff -0.45", 0.1, 1, 3, 3, -0.45, 0.1},
                           {"lottery 0.2; cliff -0.45", 0.1, 1, 3, 3, -0.45, 0.2},
                           {"lottery 0.3; cliff -0.45", 0.1, 1, 3, 3, -0.45, 0.3}};

// What came of one rule in one cell.
class Tally {
 public:
  explicit Tally(const char* rule) : rule_(rule) {}

  void Follow(const Cell& cell, double least, double lr) {
    if (!(lr > 0)) return;
    beyond_ += lr > Edge(cell, kTarget) ? 1 : 0;
    failure_ += FailureAt(cell, kTarget, lr);
    regrets_.push_back(100 * (Expected(cell, lr, kSeenAt) - least));
  }

  void Print(const Cell& cell) {
    std::sort(regrets_.begin(), regrets_.end());
    double sum = 0;
    for (const double regret : regrets_) sum += regret;
    const auto advised = static_cast<double>(regrets_.size());
    fmt::print("\"{}\",{},{},{},{:.1f},{:.3f},{:.3f}\n",
               cell.name,
               rule_,
               regrets_.size(),
               beyond_,
               100 * failure_ / advised,
               sum / advised,
               regrets_[regrets_.size() / 2]);
  }

 private:
  const char* rule_;
  int beyond_ = 0;  // the true edge
  double failure_ = 0;
  std::vector<double> regrets_;
};

void Run(const Cell& cell, std::uint64_t seed, int sweeps) {
  Tally before("0.1.0"), safe("1 %"), least_loss("least-loss");
  const double least = LeastExpected(cell, kSeenAt);
  Point target;
  target.tokens = kTarget;
  Sweep careful;
  careful.target.risk = 0.01;
  for (int i = 0; i < sweeps; ++i) {
    const RateLaws rates = SweepIn(cell, seed + static_cast<std::uint64_t>(i));
    before.Follow(cell, least, AdviseRate(rates.best, rates.edge, target).lr);
    safe.Follow(cell, least, ChooseRate(careful, rates, target).lr);
    least_loss.Follow(cell, least, ChooseRate({}, rates, target).lr);
  }
  for (Tally* tally : {&before, &safe, &least_loss}) tally->Print(cell);
}

}  // namespace
}  // namespace saelaw

int main(int argc, char** argv) {
  const int sweeps = argc > 1 ? std::atoi(argv[1]) : 1000;
  std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20261128;
  fmt::print("cell,rule,advised,beyond the edge,fails %,expected regret %,median regret %\n");
  for (const saelaw::Cell& cell : saelaw::kCells) {
    seed += 1'000'000;
    saelaw::Run(cell, seed, sweeps);
  }
}
