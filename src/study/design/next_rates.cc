// Decisions are replayed from the first grid on, each seeing no more than what was asked for until
// then, so that a study which was killed at any point ends with the same runs.
#include "study/design/next_rates.h"

#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

namespace saelaw {
namespace {

// A rate and its place.
struct Placed {
  int position = 0;
  const TriedRate* rate = nullptr;
};

// The rates of `size` that stand on the lattice, ascending.
std::vector<Placed> OnLattice(const RateLattice& lattice, const RatesAtSize& size) {
  std::vector<Placed> placed;
  for (const TriedRate& rate : size.rates) {
    Placed one{0, &rate};
    if (lattice.Find(rate.lr, &one.position)) placed.push_back(one);
  }
  return placed;
}

std::vector<int> Missing(const std::vector<int>& wanted,
                         int seeds,
                         const std::vector<Placed>& known) {
  std::vector<int> missing;
  for (int position : wanted) {
    bool found = false;
    for (const Placed& one : known) {
      found = found || (one.position == position && one.rate->HasFirstSeeds(seeds));
    }
    if (!found) missing.push_back(position);
  }
  return missing;
}

// What was asked for so far, and with how many seeds each.
using Asked = std::map<int, int>;

// What these rates did with these seeds.
RatesAtSize Visible(const RateLattice& lattice, const Asked& asked, const RatesAtSize& known) {
  return known.WithFirstSeeds([&](double lr) {
    int position = 0;
    if (!lattice.Find(lr, &position)) return 0;
    const auto found = asked.find(position);
    return found == asked.end() ? 0 : found->second;
  });
}

// The nearest measured rate above (direction 1) or below (-1); null at the edge.
const Placed* Neighbour(const std::vector<Placed>& known, int position, int direction) {
  const Placed* nearest = nullptr;
  for (const Placed& one : known) {
    const int distance = (one.position - position) * direction;
    if (distance <= 0) continue;
    if (nearest == nullptr || distance < (nearest->position - position) * direction) {
      nearest = &one;
    }
  }
  return nearest;
}

// The last survivor and the first failure above it; null without such a pair.
struct Cliff {
  const Placed* survivor = nullptr;
  const Placed* failure = nullptr;
};

// Runs that say nothing of their rate stand on neither side.
Cliff FindCliff(const std::vector<Placed>& known) {
  const Placed* previous = nullptr;
  for (const Placed& one : known) {
    if (one.rate->fails() && previous != nullptr) {
      return previous->rate->survives() ? Cliff{previous, &one} : Cliff{};
    }
    if (one.rate->fails() || one.rate->survives()) previous = &one;
  }
  return {};
}

// One size's decisions, each on what the earlier ones asked for and no more.
class Search {
 public:
  Search(const LrLawStage& stage, const RateLattice& lattice, int centre)
      : stage_(stage), lattice_(lattice) {
    const int below = (stage.points - 1) / 2;
    for (int i = 0; i < stage.points; ++i) {
      grid_.push_back(centre + lattice_.steps * (i - below));
    }
  }

  const std::vector<int>& grid() const { return grid_; }

  // `visible`: everything that was asked for so far.
  NextRates Decide(const RatesAtSize& visible) const {
    const std::vector<Placed> known = OnLattice(lattice_, visible);
    int best = 0;
    if (!FindBest(visible, &best)) return Widen(known.front().position, -1);
    const Placed* lower = Neighbour(known, best, -1);
    const Placed* upper = Neighbour(known, best, 1);
    if (lower == nullptr) return Widen(best, -1);
    if (upper == nullptr) return Widen(best, 1);
    const bool cliff = upper->rate->fails();
    NextRates next;
    HalveGap(best, upper->position, cliff ? stage_.bisect_to : kRefineTo, &next.positions);
    HalveGap(best, lower->position, kRefineTo, &next.positions);
    next.seeds = stage_.seeds;
    next.why = cliff ? WhyAsked(asked::Cliff{}) : WhyAsked(asked::Refined{});
    return next;
  }

  // The last survivor and the first failure, where they stand within a step of the grid of the best
  // rate and did not have their further seeds yet.
  NextRates BesideCliff(const RatesAtSize& visible, const Asked& asked) const {
    if (stage_.edge_seeds <= stage_.seeds) return {};
    const std::vector<Placed> known = OnLattice(lattice_, visible);
    const Cliff cliff = FindCliff(known);
    int best = 0;
    if (cliff.survivor == nullptr || !FindBest(visible, &best)) return {};
    if (cliff.survivor->position - best > lattice_.steps) return {};
    NextRates next{{}, stage_.edge_seeds, asked::EdgeSeeds{}};
    for (int position : {cliff.survivor->position, cliff.failure->position}) {
      if (asked.at(position) < stage_.edge_seeds) next.positions.push_back(position);
    }
    return next;
  }

  bool FindBest(const RatesAtSize& visible, int* position) const {
    const TriedRate* best = visible.Best();
    return best != nullptr && lattice_.Find(best->lr, position);
  }

 private:
  // Two more rates beyond the edge, unless the grid was widened often enough on that side.
  NextRates Widen(int edge, int direction) const {
    const int start = direction > 0 ? grid_.back() : grid_.front();
    const int widened = std::abs(edge - start) / (2 * lattice_.steps);
    if (widened >= stage_.max_widenings) return {};
    const int step = direction * lattice_.steps;
    return {{edge + step, edge + 2 * step}, stage_.seeds, asked::Widened{direction > 0}};
  }

  // Half way to a neighbour that is further than `within`.
  void HalveGap(int best, int neighbour, double within, std::vector<int>* positions) const {
    const int gap = neighbour - best;
    const double ratio =
        std::pow(stage_.factor, std::abs(gap) / static_cast<double>(lattice_.steps));
    if (std::abs(gap) >= 2 && ratio > within) positions->push_back(best + gap / 2);
  }

  const LrLawStage& stage_;
  RateLattice lattice_;
  std::vector<int> grid_;
};

}  // namespace

bool PilotCentre(const LrLawStage& stage,
                 const RateLattice& lattice,
                 const RatesAtSize& known,
                 int* centre) {
  const Search search(stage, lattice, 0);
  if (!Missing(search.grid(), stage.seeds, OnLattice(lattice, known)).empty()) return false;
  Asked grid;
  for (int position : search.grid()) grid[position] = stage.seeds;
  *centre = 0;
  if (search.FindBest(Visible(lattice, grid, known), centre)) *centre -= *centre % lattice.steps;
  return true;
}

// Replays the decisions from the first grid on: what is asked does not depend on the order in which
// the results came. Where the rates are settled, the two beside the cliff get their further seeds,
// which may move the cliff and with it the search.
NextRates ChooseNextRates(const LrLawStage& stage,
                          const RateLattice& lattice,
                          int centre,
                          const RatesAtSize& known) {
  const Search search(stage, lattice, centre);
  const std::vector<Placed> placed = OnLattice(lattice, known);
  NextRates next{search.grid(), stage.seeds, asked::FirstGrid{}};
  Asked asked;
  while (!next.positions.empty()) {
    std::vector<int> missing = Missing(next.positions, next.seeds, placed);
    if (!missing.empty()) return {std::move(missing), next.seeds, next.why};
    for (int position : next.positions) asked[position] = next.seeds;
    const RatesAtSize visible = Visible(lattice, asked, known);
    next = search.Decide(visible);
    if (next.positions.empty()) next = search.BesideCliff(visible, asked);
  }
  return {};
}

}  // namespace saelaw
