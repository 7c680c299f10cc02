// For each size this decides which rates may speak, whether the best of them is an optimum at all,
// and what the parabola around it is. Clusters have levels of their own, so that an easy data order
// does not pass for a good rate.
#include "fit/rates/lr_optimum.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <Eigen/Dense>

namespace saelaw {
namespace {

// Rates further than this from the best are left out of the parabola, save its two neighbours.
constexpr int kReach = 2;  // places in the grid, or kFurthest
// Where no cluster stands at as many rates as a parabola needs: one level for all.
constexpr std::size_t kFewestRates = 3;

// ln loss = level of the cluster + c1 z + c2 z², z = ln lr - ln best rate.
struct Parabola {
  Eigen::Vector3d c = Eigen::Vector3d::Zero();        // c0: the clusters' mean level
  Eigen::Matrix2d inverse = Eigen::Matrix2d::Zero();  // covariance of c1 and c2 for unit noise
  double square = 0;                                  // residual sum of squares
  int points = 0;
  int df = 0;

  double Vertex() const { return -c(1) / (2 * c(2)); }
  double Bottom() const { return c(0) - c(1) * c(1) / (4 * c(2)); }
  // Variance of the vertex for unit noise, by the delta method.
  double VertexVariance() const {
    const Eigen::Vector2d slope(-1 / (2 * c(2)), c(1) / (2 * c(2) * c(2)));
    return slope.dot(inverse * slope);
  }
};

struct Observation {
  Eigen::Vector3d zzy;  // z, z², ln loss
  int cluster = 0;
};

// Levels by cluster are only told apart where some cluster has enough rates for a parabola.
std::vector<Observation> Observations(const std::vector<const TriedRate*>& rates, double log_best) {
  std::vector<Observation> all;
  std::map<int, std::set<double>> places;
  for (const TriedRate* rate : rates) {
    const double z = std::log(rate->lr) - log_best;
    for (std::size_t i = 0; i < rate->log_losses.size(); ++i) {
      all.push_back({{z, z * z, rate->log_losses[i]}, rate->clusters[i]});
      places[rate->clusters[i]].insert(z);
    }
  }
  const bool enough = std::any_of(places.begin(), places.end(), [](const auto& entry) {
    return entry.second.size() >= kFewestRates;
  });
  for (Observation& one : all) one.cluster = enough ? one.cluster : 0;
  return all;
}

Parabola FitParabola(const std::vector<const TriedRate*>& rates, double log_best) {
  const std::vector<Observation> all = Observations(rates, log_best);
  struct Sum {
    Eigen::Vector3d total = Eigen::Vector3d::Zero();
    int count = 0;
  };
  // Sums by cluster give the means that are taken out below.
  std::map<int, Sum> clusters;
  for (const Observation& one : all) {
    clusters[one.cluster].total += one.zzy;
    ++clusters[one.cluster].count;
  }
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();  // over the clusters
  for (const auto& [cluster, sum] : clusters) {
    mean += sum.total / (sum.count * static_cast<double>(clusters.size()));
  }
  // Deviations from the clusters' means are what the slopes are made of; the levels drop out.
  Eigen::Matrix3d gram = Eigen::Matrix3d::Zero();
  for (const Observation& one : all) {
    const Sum& sum = clusters[one.cluster];
    const Eigen::Vector3d off = one.zzy - sum.total / sum.count;
    gram += off * off.transpose();
  }
  Parabola parabola;
  parabola.points = static_cast<int>(all.size());
  // Two slopes and one level for each cluster are what the points pay for.
  parabola.df = parabola.points - 2 - static_cast<int>(clusters.size());
  // The inverse serves for the slopes and for the vertex's variance.
  parabola.inverse = gram.topLeftCorner<2, 2>().inverse();
  const Eigen::Vector2d right = gram.topRightCorner<2, 1>();
  const Eigen::Vector2d slopes = parabola.inverse * right;
  // The level is that of the clusters' mean, which stands for a run of any cluster.
  parabola.c << mean(2) - slopes.dot(mean.head<2>()), slopes;
  parabola.square = parabola.df > 0 ? std::max(0.0, gram(2, 2) - slopes.dot(right)) : 0;
  return parabola;
}

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

std::vector<const TriedRate*> Around(const Survivors& survivors, int reach) {
  std::vector<const TriedRate*> chosen;
  const double log_best = std::log(survivors.rates[survivors.best]->lr);
  for (std::size_t i = 0; i < survivors.rates.size(); ++i) {
    const auto places = std::abs(static_cast<int>(i) - static_cast<int>(survivors.best));
    const double distance = std::abs(std::log(survivors.rates[i]->lr) - log_best);
    // The neighbours always take part, since without them there is no parabola.
    if (places <= 1 || (places <= reach && distance < kFurthest)) {
      chosen.push_back(survivors.rates[i]);
    }
  }
  return chosen;
}

// Fits a parabola that opens upwards with its vertex between the best rate's neighbours. Through
// those three rates alone (by their means) that always holds, since the best lies lowest.
Parabola ParabolaAround(const Survivors& survivors) {
  const double log_best = std::log(survivors.rates[survivors.best]->lr);
  const double below = std::log(survivors.rates[survivors.best - 1]->lr) - log_best;
  const double above = std::log(survivors.rates[survivors.best + 1]->lr) - log_best;
  Parabola wide = FitParabola(Around(survivors, kReach), log_best);
  if (wide.c(2) > 0 && wide.Vertex() > below && wide.Vertex() < above) return wide;
  return FitParabola(Around(survivors, 1), log_best);
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

}  // namespace

SweepOptima FindOptima(const RateTable& table) {
  SweepOptima found;
  // Variances are for unit noise until the noise is known.
  std::vector<double> unit_variances;
  std::vector<double> grid_sds;
  double square = 0;
  // The noise is pooled over all sizes, so the sds are worked out in a second pass.
  for (const RatesAtSize& size : table.sizes) {
    const Survivors survivors = FindSurvivors(size);
    LrOptimum optimum = Describe(size, survivors);
    unit_variances.push_back(0);
    grid_sds.push_back(0);
    if (optimum.censoring == Censoring::kNone) {
      const Parabola parabola = ParabolaAround(survivors);
      optimum.lr = optimum.best_lr * std::exp(parabola.Vertex());
      optimum.loss = std::exp(parabola.Bottom());
      optimum.curvature = parabola.c(2);
      optimum.points_used = parabola.points;
      unit_variances.back() = parabola.VertexVariance();
      grid_sds.back() = GridSd(survivors);
      square += parabola.square;
      found.residual_df += parabola.df;
    }
    found.optima.push_back(optimum);
  }
  if (found.residual_df > 0) found.residual_sd = std::sqrt(square / found.residual_df);
  // Free of noise, an optimum is still not known better than this.
  constexpr double kSmallestSd = 1e-4;
  for (std::size_t i = 0; i < found.optima.size(); ++i) {
    LrOptimum& optimum = found.optima[i];
    if (optimum.censoring != Censoring::kNone) continue;
    const double sd = found.residual_sd * std::sqrt(unit_variances[i]);
    optimum.sd_ln = found.residual_df > 0 ? std::max(sd, kSmallestSd) : grid_sds[i];
  }
  return found;
}

}  // namespace saelaw
