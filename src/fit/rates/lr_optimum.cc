// For each size this decides which rates may speak, and whether the best of them is an optimum at
// all. Clusters have levels of their own, so that an easy data order does not pass for a good rate.
#include "fit/rates/lr_optimum.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace saelaw {
namespace {

// Where no cluster stands at as many rates as a parabola needs: one level for all.
constexpr std::size_t kFewestRates = 3;

// The rates whose order decides: survivors below the first failure above the best one.
struct Survivors {
  std::vector<const TriedRate*> rates;  // ascending
  std::size_t best = 0;
  double first_failure = 0;
};

// A failure below the best rate is luck and not the edge, so the rates above it still count.
Survivors FindSurvivors(const RatesAtSize& size) {
  Survivors survivors;
  const TriedRate* best = size.Best();
  for (const TriedRate& rate : size.rates) {
    if (rate.fails() && (best == nullptr || rate.lr > best->lr)) {
      survivors.first_failure = rate.lr;
      break;
    }
    if (!rate.survives()) continue;
    if (&rate == best) survivors.best = survivors.rates.size();
    survivors.rates.push_back(&rate);
  }
  return survivors;
}

// An optimum needs a worse surviving rate on both sides.
Censoring Judge(const Survivors& survivors) {
  if (survivors.rates.empty()) return Censoring::kNoSurvivor;
  if (survivors.best == 0) return Censoring::kGridLow;
  if (survivors.best + 1 < survivors.rates.size()) return Censoring::kNone;
  return survivors.first_failure > 0 ? Censoring::kCliff : Censoring::kGridHigh;
}

LrOptimum Describe(const RatesAtSize& size, const Survivors& survivors) {
  LrOptimum optimum;
  optimum.tokens = size.tokens;
  optimum.params = size.params;
  optimum.batch = size.batch;
  optimum.censoring = Judge(survivors);
  optimum.first_failure = survivors.first_failure;
  if (survivors.rates.empty()) return optimum;
  const TriedRate& best = *survivors.rates[survivors.best];
  optimum.best_lr = optimum.lr = best.lr;
  optimum.lowest = survivors.rates.front()->lr;
  optimum.loss = std::exp(best.log_loss);
  // The best, the lowest and the last survivor are kept, as messages name them.
  optimum.last_survivor = survivors.rates.back()->lr;
  if (optimum.censoring == Censoring::kCliff) {
    // The optimum beside a cliff is at least half way up from the rate below the best.
    optimum.lower_bound = std::sqrt(best.lr * survivors.rates[survivors.best - 1]->lr);
  }
  return optimum;
}

// Serves where nothing measures the noise: the optimum is taken as uniform between the points half
// way to the neighbours.
double GridSd(const Survivors& survivors) {
  const double gap = std::log(survivors.rates[survivors.best + 1]->lr) -
                     std::log(survivors.rates[survivors.best - 1]->lr);
  return gap / 2 / std::sqrt(12.0);
}

// Levels by cluster are only told apart where some cluster has enough rates for a parabola.
bool HasOwnLevels(const Survivors& survivors) {
  std::map<int, std::set<double>> places;
  for (const TriedRate* rate : survivors.rates) {
    for (const int cluster : rate->clusters) places[cluster].insert(rate->lr);
  }
  return std::any_of(places.begin(), places.end(), [](const auto& entry) {
    return entry.second.size() >= kFewestRates;
  });
}

// Levels are numbered on from those of the sizes before.
ValleyGroup MakeGroup(const Survivors& survivors, const LrOptimum& optimum, int& levels) {
  ValleyGroup group;
  group.centre = std::log(optimum.best_lr);
  if (optimum.lower_bound > 0) group.bound = std::log(optimum.lower_bound);
  const bool own = HasOwnLevels(survivors);
  std::map<int, int> numbers;
  for (const TriedRate* rate : survivors.rates) {
    for (std::size_t i = 0; i < rate->log_losses.size(); ++i) {
      const auto [level, added] = numbers.emplace(own ? rate->clusters[i] : 0, levels);
      levels += added ? 1 : 0;
      group.runs.push_back({std::log(rate->lr), rate->log_losses[i], level->second});
    }
  }
  return group;
}

}  // namespace

SweptSizes DescribeSizes(const RateTable& table) {
  SweptSizes sizes;
  for (const RatesAtSize& size : table.sizes) {
    const Survivors survivors = FindSurvivors(size);
    sizes.optima.push_back(Describe(size, survivors));
    const LrOptimum& optimum = sizes.optima.back();
    sizes.grid_sds.push_back(optimum.censoring == Censoring::kNone ? GridSd(survivors) : 0);
    if (survivors.rates.empty()) continue;
    sizes.of.push_back(sizes.optima.size() - 1);
    sizes.valleys.groups.push_back(MakeGroup(survivors, optimum, sizes.valleys.levels));
  }
  return sizes;
}

void FillOptima(const ValleyLaw& law, SweptSizes& sizes) {
  // Free of noise, an optimum is still not known better than this.
  constexpr double kSmallestSd = 1e-4;
  for (std::size_t i = 0; i < sizes.optima.size(); ++i) {
    LrOptimum& optimum = sizes.optima[i];
    if (optimum.censoring == Censoring::kNone) optimum.sd_ln = sizes.grid_sds[i];
  }
  for (std::size_t g = 0; law.ok() && g < sizes.of.size(); ++g) {
    LrOptimum& optimum = sizes.optima[sizes.of[g]];
    const ValleyOptimum& found = law.optima[g];
    if (optimum.censoring != Censoring::kNone || !found.informative) continue;
    optimum.lr = std::exp(found.log_rate);
    optimum.loss = std::exp(found.bottom);
    optimum.curvature = found.curvature;
    optimum.points_used = found.runs;
    if (found.sd > 0) optimum.sd_ln = std::max(found.sd, kSmallestSd);
  }
}

}  // namespace saelaw
