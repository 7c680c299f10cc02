#include "study/design/next_rates.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "study/design/rate_lattice.h"

namespace saelaw {
namespace {

const RateOutcome* At(const std::vector<RateOutcome>& known, int position) {
  for (const RateOutcome& rate : known) {
    if (rate.position == position) return &rate;
  }
  return nullptr;
}

std::vector<int> Missing(const std::vector<int>& wanted, const std::vector<RateOutcome>& known) {
  std::vector<int> missing;
  for (int position : wanted) {
    if (At(known, position) == nullptr) missing.push_back(position);
  }
  return missing;
}

// The nearest measured rate above (direction 1) or below (-1); null at the edge.
const RateOutcome* Neighbour(const std::vector<RateOutcome>& known, int position, int direction) {
  const RateOutcome* nearest = nullptr;
  for (const RateOutcome& rate : known) {
    const int distance = (rate.position - position) * direction;
    if (distance <= 0) continue;
    if (nearest == nullptr || distance < (nearest->position - position) * direction)
      nearest = &rate;
  }
  return nearest;
}

std::vector<RateOutcome> Visible(const std::vector<int>& positions,
                                 const std::vector<RateOutcome>& known) {
  std::vector<RateOutcome> visible;
  for (int position : positions) {
    if (const RateOutcome* rate = At(known, position)) visible.push_back(*rate);
  }
  return visible;
}

// The last survivor below the first failure; null without such a pair. `known` ascends.
const RateOutcome* LastSurvivor(const std::vector<RateOutcome>& known) {
  for (std::size_t i = 1; i < known.size(); ++i) {
    if (!known[i].survives()) return known[i - 1].survives() ? &known[i - 1] : nullptr;
  }
  return nullptr;
}

void Sort(std::vector<RateOutcome>& rates) {
  std::sort(rates.begin(), rates.end(), [](const auto& a, const auto& b) {
    return a.position < b.position;
  });
}

// One size's decisions, each on what the earlier ones asked for and no more.
class Search {
 public:
  Search(const LrLawStage& stage, int centre) : stage_(stage), lattice_(LatticeOf(stage, 1)) {
    const int below = (stage.points - 1) / 2;
    for (int i = 0; i < stage.points; ++i) {
      grid_.push_back(centre + lattice_.steps * (i - below));
    }
  }

  const std::vector<int>& grid() const { return grid_; }

  // `known`: everything that was asked for so far.
  NextRates Decide(std::vector<RateOutcome> known) const {
    Sort(known);
    int best = 0;
    if (!BestSurvivor(known, &best)) return Widen(known.front().position, -1);
    const RateOutcome* lower = Neighbour(known, best, -1);
    const RateOutcome* upper = Neighbour(known, best, 1);
    if (lower == nullptr) return Widen(best, -1);
    if (upper == nullptr) return Widen(best, 1);
    const bool cliff = !upper->survives();
    NextRates next;
    HalveGap(best, upper->position, cliff ? stage_.bisect_to : kRefineTo, &next.positions);
    HalveGap(best, lower->position, kRefineTo, &next.positions);
    next.seeds = stage_.seeds;
    if (!next.positions.empty()) {
      next.reason =
          cliff ? "between the last survivor and the first collapse" : "refines the best rate";
    }
    return next;
  }

  // The last survivor and the first failure, where they stand within a step of the grid of the best
  // rate and are not among `done`.
  NextRates BesideCliff(std::vector<RateOutcome> known, const std::set<int>& done) const {
    if (stage_.edge_seeds <= stage_.seeds) return {};
    Sort(known);
    const RateOutcome* survivor = LastSurvivor(known);
    int best = 0;
    if (survivor == nullptr || !BestSurvivor(known, &best)) return {};
    if (survivor->position - best > lattice_.steps) return {};
    NextRates next{{}, stage_.edge_seeds, "more seeds beside the cliff: near it, survival is luck"};
    for (int position : {survivor->position, Neighbour(known, survivor->position, 1)->position}) {
      if (done.count(position) == 0) next.positions.push_back(position);
    }
    return next;
  }

 private:
  // Two more rates beyond the edge, unless the grid was widened often enough on that side.
  NextRates Widen(int edge, int direction) const {
    const int start = direction > 0 ? grid_.back() : grid_.front();
    const int widened = std::abs(edge - start) / (2 * lattice_.steps);
    if (widened >= stage_.max_widenings) return {};
    const int step = direction * lattice_.steps;
    return {{edge + step, edge + 2 * step},
            stage_.seeds,
            direction > 0 ? "widened upwards: the best rate lies on the grid's edge"
                          : "widened downwards: the best rate lies on the grid's edge"};
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

bool BestSurvivor(const std::vector<RateOutcome>& known, int* position) {
  const RateOutcome* best = nullptr;
  for (const RateOutcome& rate : known) {
    if (!rate.survives()) continue;
    if (best == nullptr || rate.mean_loss < best->mean_loss) best = &rate;
  }
  if (best != nullptr) *position = best->position;
  return best != nullptr;
}

bool PilotCentre(const LrLawStage& stage, const KnownRates& known, int* centre) {
  const std::vector<RateOutcome> grid = Visible(Search(stage, 0).grid(), known.all);
  if (static_cast<int>(grid.size()) < stage.points) return false;
  *centre = 0;
  if (BestSurvivor(grid, centre)) *centre -= *centre % LatticeOf(stage, 1).steps;
  return true;
}

// Replays the decisions from the first grid on: what is asked does not depend on the order in which
// the results came. Where the rates are settled, the two beside the cliff get their further seeds,
// which may move the cliff and with it the search.
NextRates ChooseNextRates(const LrLawStage& stage, int centre, const KnownRates& known) {
  const Search search(stage, centre);
  NextRates next{search.grid(), stage.seeds, "first grid of learning rates"};
  std::vector<int> asked;
  std::set<int> at_edge;
  while (!next.positions.empty()) {
    const bool beside = next.seeds > stage.seeds;
    std::vector<int> missing = Missing(next.positions, beside ? known.at_edge : known.all);
    if (!missing.empty()) return {std::move(missing), next.seeds, next.reason};
    if (beside) {
      at_edge.insert(next.positions.begin(), next.positions.end());
    } else {
      asked.insert(asked.end(), next.positions.begin(), next.positions.end());
    }
    std::vector<RateOutcome> visible = Visible(asked, known.all);
    for (RateOutcome& rate : visible) {
      if (at_edge.count(rate.position) == 0) continue;
      const double loss = rate.mean_loss;
      rate = *At(known.at_edge, rate.position);
      // Further seeds say whether the rate survives. How good it is, those say that all rates have:
      // a seed's own stream moves its losses more than a step of the grid does.
      rate.mean_loss = loss;
    }
    next = search.Decide(visible);
    if (next.positions.empty()) next = search.BesideCliff(visible, at_edge);
  }
  return {};
}

}  // namespace saelaw
