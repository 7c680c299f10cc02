// The best rate is chosen by the loss that was trained for. By FVU a recipe would look the better
// the less sparse it is.
#include "study/arms/arm_at_size.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

struct Tried {
  std::vector<const StudyRun*> survived;
  int failed = 0;

  double LogLoss() const {
    double sum = 0;
    for (const StudyRun* run : survived) sum += std::log(run->final.loss);
    return sum / static_cast<double>(survived.size());
  }
};
using ByRate = std::map<double, Tried>;

// Of the rates at which no run failed: beside a cliff a seed's survival is luck.
ByRate::const_iterator FindLowest(const ByRate& rates) {
  auto best = rates.end();
  for (auto at = rates.begin(); at != rates.end(); ++at) {
    if (at->second.failed > 0 || at->second.survived.empty()) continue;
    if (best == rates.end() || at->second.LogLoss() < best->second.LogLoss()) best = at;
  }
  return best;
}

// Where the loss rises above `highest` between two rates, whose ln losses are `inner` and `outer`.
double Crossing(double inner_lr, double inner, double outer_lr, double outer, double highest) {
  const double share = (highest - inner) / (outer - inner);
  return std::exp(std::log(inner_lr) + share * (std::log(outer_lr) - std::log(inner_lr)));
}

// Walks from the best rate to one side, until the loss leaves the basin, a rate failed, or none is
// left. The failed rate itself is no part of the basin, and what lies before it is not known.
template <typename Iterator>
double EndOfBasin(Iterator at, Iterator end, double highest, bool* open) {
  double lr = at->first;
  double loss = at->second.LogLoss();
  for (++at; at != end; ++at) {
    if (at->second.failed > 0) return lr;
    const double next = at->second.LogLoss();
    if (next > highest) return Crossing(lr, loss, at->first, next, highest);
    lr = at->first;
    loss = next;
  }
  *open = true;
  return lr;
}

Basin FindBasin(const ByRate& rates, ByRate::const_iterator best) {
  Basin basin;
  if (rates.size() < 3) return basin;
  const double highest = best->second.LogLoss() + std::log1p(kBasin);
  basin.hi = EndOfBasin(best, rates.end(), highest, &basin.open_above);
  basin.lo = EndOfBasin(
      std::make_reverse_iterator(std::next(best)), rates.rend(), highest, &basin.open_below);
  return basin;
}

void DescribeBest(const ByRate& rates, ArmAtSize& size) {
  const auto best = FindLowest(rates);
  if (best == rates.end()) return;
  size.lr = best->first;
  size.basin = FindBasin(rates, best);
  const std::vector<const StudyRun*>& runs = best->second.survived;
  size.fvu = size.l0 = size.dead_fraction = 0;
  for (const StudyRun* run : runs) {
    size.fvu += run->final.fvu / static_cast<double>(runs.size());
    size.l0 += run->final.l0 / static_cast<double>(runs.size());
    size.dead_fraction += run->final.dead_fraction / static_cast<double>(runs.size());
    size.aligned_l0 = size.l0;
    if (run->final.fvu > 0) size.log_fvu[run->seed] = std::log(run->final.fvu);
  }
}

}  // namespace

std::vector<ArmAtSize> DescribeSizes(const std::vector<StudyRun>& runs, std::int64_t d_sae) {
  std::map<std::int64_t, ByRate> sizes;
  for (const StudyRun& run : runs) {
    if (run.d_sae != d_sae) continue;
    Tried& tried = sizes[run.tokens][run.lr];
    const bool survived = run.outcome == Outcome::kCompleted && run.final.loss > 0;
    if (survived) {
      tried.survived.push_back(&run);
    } else {
      ++tried.failed;
    }
  }
  std::vector<ArmAtSize> described;
  for (const auto& [tokens, rates] : sizes) {
    ArmAtSize size;
    size.tokens = static_cast<double>(tokens);
    for (const auto& [lr, tried] : rates) {
      size.runs += static_cast<int>(tried.survived.size()) + tried.failed;
      size.failed += tried.failed;
      if (tried.failed > 0) size.first_failure = std::min(size.first_failure, lr);
    }
    DescribeBest(rates, size);
    described.push_back(std::move(size));
  }
  return described;
}

}  // namespace saelaw
