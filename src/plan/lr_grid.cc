#include "plan/lr_grid.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace saelaw {
namespace {

constexpr int kFullStep = 2;  // neighbours of the first grid are this many half steps apart

const RateOutcome* At(const std::vector<RateOutcome>& known, int half_steps) {
  for (const RateOutcome& rate : known) {
    if (rate.half_steps == half_steps) return &rate;
  }
  return nullptr;
}

std::vector<int> FirstGrid(const LrLawStage& stage, int centre) {
  std::vector<int> grid;
  const int below = (stage.points - 1) / 2;
  for (int i = 0; i < stage.points; ++i) grid.push_back(centre + kFullStep * (i - below));
  return grid;
}

std::vector<int> Missing(const std::vector<int>& wanted, const std::vector<RateOutcome>& known) {
  std::vector<int> missing;
  for (int half_steps : wanted) {
    if (At(known, half_steps) == nullptr) missing.push_back(half_steps);
  }
  return missing;
}

// The nearest measured rate above (direction 1) or below (-1); null at the edge.
const RateOutcome* Neighbour(const std::vector<RateOutcome>& known, int half_steps, int direction) {
  const RateOutcome* nearest = nullptr;
  for (const RateOutcome& rate : known) {
    const int distance = (rate.half_steps - half_steps) * direction;
    if (distance <= 0) continue;
    if (nearest == nullptr || distance < (nearest->half_steps - half_steps) * direction)
      nearest = &rate;
  }
  return nearest;
}

// Two more rates beyond the edge, unless the grid was widened often enough on that side.
NextRates Widen(const LrLawStage& stage, const std::vector<int>& grid, int edge, int direction) {
  const int start = direction > 0 ? grid.back() : grid.front();
  const int widened = std::abs(edge - start) / (2 * kFullStep);
  if (widened >= stage.max_widenings) return {};
  return {{edge + direction * kFullStep, edge + 2 * direction * kFullStep},
          direction > 0 ? "widened upwards: the best rate lies on the grid's edge"
                        : "widened downwards: the best rate lies on the grid's edge"};
}

// Between the best rate and a neighbour two half steps or more away.
void HalveGap(int best, const RateOutcome* neighbour, std::vector<int>* rates) {
  if (neighbour == nullptr) return;
  const int gap = neighbour->half_steps - best;
  if (std::abs(gap) >= kFullStep) rates->push_back(best + gap / 2);
}

double Ratio(const LrLawStage& stage, int from, int to) {
  return std::pow(stage.factor, std::abs(to - from) / 2.0);
}

std::vector<RateOutcome> Visible(const std::vector<int>& half_steps,
                                 const std::vector<RateOutcome>& known) {
  std::vector<RateOutcome> visible;
  for (int position : half_steps) {
    if (const RateOutcome* rate = At(known, position)) visible.push_back(*rate);
  }
  return visible;
}

// `known`: everything that was asked for so far.
NextRates Decide(const LrLawStage& stage,
                 const std::vector<int>& grid,
                 std::vector<RateOutcome> known) {
  std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) {
    return a.half_steps < b.half_steps;
  });
  int best = 0;
  if (!BestSurvivor(known, &best)) return Widen(stage, grid, known.front().half_steps, -1);

  const RateOutcome* lower = Neighbour(known, best, -1);
  const RateOutcome* upper = Neighbour(known, best, 1);
  if (lower == nullptr) return Widen(stage, grid, best, -1);
  if (upper == nullptr) return Widen(stage, grid, best, 1);

  NextRates next;
  const bool cliff = !upper->survives();
  if (!cliff || Ratio(stage, best, upper->half_steps) > stage.bisect_to) {
    HalveGap(best, upper, &next.half_steps);
  }
  HalveGap(best, lower, &next.half_steps);
  if (!next.half_steps.empty()) {
    next.reason =
        cliff ? "between the last survivor and the first collapse" : "refines the best rate";
  }
  return next;
}

}  // namespace

double LatticeRate(double base, double factor, int half_steps) {
  return std::strtod(fmt::format("{:.6g}", base * std::pow(factor, half_steps / 2.0)).c_str(),
                     nullptr);
}

bool LatticePosition(double base, double factor, double lr, int* half_steps) {
  const double position = 2 * std::log(lr / base) / std::log(factor);
  *half_steps = static_cast<int>(std::lround(position));
  return LatticeRate(base, factor, *half_steps) == lr;
}

bool BestSurvivor(const std::vector<RateOutcome>& known, int* half_steps) {
  const RateOutcome* best = nullptr;
  for (const RateOutcome& rate : known) {
    if (!rate.survives()) continue;
    if (best == nullptr || rate.mean_loss < best->mean_loss) best = &rate;
  }
  if (best != nullptr) *half_steps = best->half_steps;
  return best != nullptr;
}

bool PilotCentre(const LrLawStage& stage, const std::vector<RateOutcome>& known, int* centre) {
  const std::vector<RateOutcome> grid = Visible(FirstGrid(stage, 0), known);
  if (static_cast<int>(grid.size()) < stage.points) return false;
  *centre = 0;
  if (BestSurvivor(grid, centre)) *centre -= *centre % kFullStep;
  return true;
}

// Replays the decisions from the first grid on, each on what the earlier ones asked for and no
// more: what is asked does not depend on the order in which the results came.
NextRates ChooseNextRates(const LrLawStage& stage,
                          int centre,
                          const std::vector<RateOutcome>& known) {
  const std::vector<int> grid = FirstGrid(stage, centre);
  NextRates next{grid, "first grid of learning rates"};
  std::vector<int> asked;
  while (!next.half_steps.empty()) {
    if (std::vector<int> missing = Missing(next.half_steps, known); !missing.empty()) {
      return {std::move(missing), next.reason};
    }
    asked.insert(asked.end(), next.half_steps.begin(), next.half_steps.end());
    next = Decide(stage, grid, Visible(asked, known));
  }
  return next;
}

}  // namespace saelaw
