// Runs are chosen by their distance from the optimum alone. So it does not matter how dense a grid
// is: further rates only add runs.
#include "fit/rates/valley_reach.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include <Eigen/Dense>

namespace saelaw {
namespace {

constexpr double kSame = 1e-9;  // of ln rates

std::vector<double> ListRates(const ValleyGroup& group) {
  std::vector<double> rates;
  for (const ValleyRun& run : group.runs) rates.push_back(run.x);
  std::sort(rates.begin(), rates.end());
  const auto same = [](double a, double b) { return std::abs(a - b) < kSame; };
  rates.erase(std::unique(rates.begin(), rates.end(), same), rates.end());
  return rates;
}

// A coarse grid has few rates within reach, and a parabola needs three.
double ComputeReach(const ValleyGroup& group, double centre, double reach) {
  constexpr std::size_t kFewest = 3;
  std::vector<double> distances = ListRates(group);
  for (double& rate : distances) rate = std::abs(rate - centre);
  std::sort(distances.begin(), distances.end());
  if (distances.empty()) return reach;
  const double third = distances[std::min(kFewest, distances.size()) - 1];
  return std::max(reach, third + kSame);
}

// Some level must stand at two rates, or nothing is left once levels are known.
bool Informs(const std::vector<ValleyRun>& runs) {
  std::map<int, double> first;
  return std::any_of(runs.begin(), runs.end(), [&](const ValleyRun& run) {
    return std::abs(first.emplace(run.level, run.x).first->second - run.x) > kSame;
  });
}

// Numbers the levels that are left anew, without gaps.
void Renumber(ValleyData& data) {
  std::map<int, int> numbers;
  for (ValleyGroup& group : data.groups) {
    for (ValleyRun& run : group.runs) {
      run.level = numbers.emplace(run.level, static_cast<int>(numbers.size())).first->second;
    }
  }
  data.levels = static_cast<int>(numbers.size());
}

// The place of a rate in an ascending list.
Eigen::Index FindPlace(const std::vector<double>& rates, double x) {
  return std::distance(rates.begin(), std::lower_bound(rates.begin(), rates.end(), x - kSame));
}

}  // namespace

ReachedRuns WithinReach(const ValleyData& all, const Vector& centres, double reach) {
  ReachedRuns reached;
  for (std::size_t g = 0; g < all.groups.size(); ++g) {
    ValleyGroup group = all.groups[g];
    group.centre = centres[g];
    const double own = ComputeReach(group, group.centre, reach);
    std::erase_if(group.runs,
                  [&](const ValleyRun& run) { return std::abs(run.x - group.centre) > own; });
    if (!Informs(group.runs)) continue;
    reached.data.groups.push_back(std::move(group));
    reached.of.push_back(g);
  }
  Renumber(reached.data);
  return reached;
}

bool SameRuns(const ReachedRuns& a, const ReachedRuns& b) {
  if (a.of != b.of) return false;
  for (std::size_t g = 0; g < a.of.size(); ++g) {
    const auto& runs = a.data.groups[g].runs;
    const auto& others = b.data.groups[g].runs;
    const auto same = [](const ValleyRun& one, const ValleyRun& other) {
      return one.x == other.x && one.y == other.y;
    };
    if (!std::equal(runs.begin(), runs.end(), others.begin(), others.end(), same)) return false;
  }
  return true;
}

double NearestWithin(const ValleyGroup& group, double x) {
  double low = group.runs.front().x;
  double high = low;
  for (const ValleyRun& run : group.runs) {
    low = std::min(low, run.x);
    high = std::max(high, run.x);
  }
  return std::clamp(x, low, high);
}

Squares ComputePureError(const ValleyData& data) {
  Squares pure;
  for (const ValleyGroup& group : data.groups) {
    const std::vector<double> rates = ListRates(group);
    if (rates.size() == group.runs.size()) continue;
    std::map<int, Eigen::Index> levels;
    for (const ValleyRun& run : group.runs) levels.emplace(run.level, 0);
    auto next = static_cast<Eigen::Index>(rates.size());
    for (auto& [level, column] : levels) column = next++;
    // One column for each rate and each level, of which some combination is superfluous.
    const auto runs = static_cast<Eigen::Index>(group.runs.size());
    Eigen::MatrixXd indicators = Eigen::MatrixXd::Zero(runs, next);
    Eigen::VectorXd losses(runs);
    for (Eigen::Index i = 0; i < runs; ++i) {
      const ValleyRun& run = group.runs[static_cast<std::size_t>(i)];
      indicators(i, FindPlace(rates, run.x)) = 1;
      indicators(i, levels[run.level]) = 1;
      losses(i) = run.y;
    }
    const auto decomposed = indicators.colPivHouseholderQr();
    pure.value += (losses - indicators * decomposed.solve(losses)).squaredNorm();
    pure.df += static_cast<double>(runs - decomposed.rank());
  }
  return pure;
}

int DistinctRates(const ValleyData& data) {
  std::size_t rates = 0;
  for (const ValleyGroup& group : data.groups) rates += ListRates(group).size();
  return static_cast<int>(rates);
}

}  // namespace saelaw
