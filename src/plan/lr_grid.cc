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

NextRates ChooseNextRates(const LrLawStage& stage, int centre, std::vector<RateOutcome> known) {
  const std::vector<int> grid = FirstGrid(stage, centre);
  if (const std::vector<int> missing = Missing(grid, known); !missing.empty()) {
    return {missing, "first grid of learning rates"};
  }
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

}  // namespace saelaw
