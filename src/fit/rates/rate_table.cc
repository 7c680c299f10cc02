// Rows are sorted into sizes and rates by rounded logarithms, so that numbers that were computed in
// different ways meet. A rate's loss is freed of what its data orders have in common with the other
// rates of the size.
#include "fit/rates/rate_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "fit/noise/shared_noise.h"
#include "fit/points/clusters.h"
#include "fit/points/repeats.h"

namespace saelaw {
namespace {

std::int64_t Rounded(double value) { return std::llround(std::log(value) * 1e9); }

// Holds tokens, params and batch; what the data does not have is 0.
using Key = std::array<std::int64_t, 3>;
Key FindSize(const Point& point) {
  const auto part = [](double value) { return value > 0 ? Rounded(value) : 0; };
  return {part(point.tokens), part(point.params), part(point.batch)};
}

bool Positive(double value) { return std::isfinite(value) && value > 0; }

// The lowest loss is needed before any row can be judged, hence a pass of its own.
std::map<Key, double> LowestLosses(std::span<const Point> points) {
  std::map<Key, double> best;
  for (const Point& point : points) {
    if (!Positive(point.tokens) || !Positive(point.loss)) continue;
    const auto [at, added] = best.emplace(FindSize(point), point.loss);
    at->second = std::min(at->second, point.loss);
  }
  return best;
}

// Collects sizes and rates by their rounded logarithms; the maps keep them sorted.
class Sorter {
 public:
  // `lowest`: the best loss of each size.
  explicit Sorter(std::map<Key, double> lowest) : lowest_(std::move(lowest)) {}

  TriedRate* FindRate(const Point& point, std::vector<DroppedPoint>& dropped) {
    if (!Positive(point.tokens) || !Positive(point.lr)) {
      dropped.push_back(
          {point.row,
           fmt::format(
               "tokens and lr must be > 0 and finite, got {} and {}", point.tokens, point.lr)});
      return nullptr;
    }
    Size& size = sizes_[FindSize(point)];
    size.tokens = point.tokens;
    size.params = point.params;
    size.batch = point.batch;
    // A size of failed runs alone has no lowest loss.
    if (const auto found = lowest_.find(FindSize(point)); found != lowest_.end()) {
      size.lowest_loss = found->second;
    }
    TriedRate& rate = size.rates[Rounded(point.lr)];
    rate.lr = point.lr;
    return &rate;
  }

  // The size exists by now, as its rate was asked for first.
  double LowestAt(const Point& point) const { return sizes_.at(FindSize(point)).lowest_loss; }

  std::vector<RatesAtSize> Sorted() const {
    std::vector<RatesAtSize> sorted;
    for (const auto& [key, size] : sizes_) {
      sorted.push_back({size.tokens, size.params, size.batch, {}, size.lowest_loss});
      for (const auto& [lr, rate] : size.rates) sorted.back().rates.push_back(rate);
    }
    return sorted;
  }

 private:
  struct Size {
    double tokens = 0;
    double params = 0;
    double batch = 0;
    double lowest_loss = std::numeric_limits<double>::infinity();
    std::map<std::int64_t, TriedRate> rates;
  };
  std::map<Key, double> lowest_;
  std::map<Key, Size> sizes_;
};

// Gives the clusters that several points share. Points that share theirs with no other are put into
// one cluster, because nothing tells what is their own from what is their stream's.
std::vector<int> SharedClusters(std::span<const Point> points) {
  Clusters clusters = FindClusters(points);
  std::vector<int> points_of(static_cast<std::size_t>(clusters.count));
  for (const int cluster : clusters.of) ++points_of[static_cast<std::size_t>(cluster)];
  for (int& cluster : clusters.of) {
    if (points_of[static_cast<std::size_t>(cluster)] == 1) cluster = clusters.count;
  }
  return clusters.of;
}

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Fits ln loss = level of the rate + shift of the cluster, by least squares over the rates that
// survive, and returns the shifts by cluster. They are drawn to 0 so weakly that it shows only
// between clusters that no rates connect. All are 0 where there are more than kMostClusters.
std::map<int, double> ClusterShifts(const RatesAtSize& size) {
  std::map<int, double> shifts;
  for (const TriedRate& rate : size.rates) {
    if (!rate.survives()) continue;
    for (const int cluster : rate.clusters) shifts[cluster] = 0;
  }
  if (shifts.size() < 2 || shifts.size() > kMostClusters) return shifts;
  const auto count = static_cast<Eigen::Index>(shifts.size());
  const auto place = [&](int cluster) {
    return static_cast<Eigen::Index>(std::distance(shifts.begin(), shifts.find(cluster)));
  };
  constexpr double kWeakly = 1e-6;
  Eigen::MatrixXd normal = kWeakly * Eigen::MatrixXd::Identity(count, count);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(count);
  for (const TriedRate& rate : size.rates) {  // its level is eliminated
    if (!rate.survives()) continue;
    Eigen::VectorXd runs = Eigen::VectorXd::Zero(count);
    const double mean = Mean(rate.log_losses);
    for (std::size_t i = 0; i < rate.clusters.size(); ++i) {
      const Eigen::Index k = place(rate.clusters[i]);
      runs(k) += 1;
      right(k) += rate.log_losses[i] - mean;
    }
    normal.diagonal() += runs;
    normal -= runs * runs.transpose() / runs.sum();
  }
  const Eigen::VectorXd solved = normal.ldlt().solve(right);
  Eigen::Index k = 0;
  for (auto& [cluster, shift] : shifts) shift = solved(k++);
  return shifts;
}

// A rate's mean is taken as if every cluster had run it.
void FillLosses(RatesAtSize& size) {
  const std::map<int, double> shifts = ClusterShifts(size);
  for (TriedRate& rate : size.rates) {
    if (rate.log_losses.empty()) continue;
    rate.log_loss = Mean(rate.log_losses);
    for (const int cluster : rate.clusters) {
      const auto found = shifts.find(cluster);
      if (found == shifts.end()) continue;
      rate.log_loss -= found->second / static_cast<double>(rate.clusters.size());
    }
  }
}

// Puts the point into the table, with what became of it; `cluster` is that of the point.
void AddCompleted(const Point& point, int cluster, Sorter& sorter, RateTable& table) {
  TriedRate* rate = sorter.FindRate(point, table.unusable);
  if (rate == nullptr) return;
  // A finished run may have failed all the same, by its loss.
  std::string why = WhyFailed(point.loss, sorter.LowestAt(point));
  if (!why.empty()) {
    rate->failed_seeds.push_back(point.seed);
    table.failures.push_back({point.row, std::move(why)});
    return;
  }
  rate->log_losses.push_back(std::log(point.loss));
  rate->clusters.push_back(cluster);
  rate->seeds.push_back(point.seed);
}

// What a smaller plan would have seen is found again from the first seeds alone.
TriedRate FirstSeeds(const TriedRate& rate, int count) {
  TriedRate first;
  first.lr = rate.lr;
  for (std::size_t i = 0; i < rate.seeds.size(); ++i) {
    if (rate.seeds[i] >= count) continue;
    first.log_losses.push_back(rate.log_losses[i]);
    first.clusters.push_back(rate.clusters[i]);
    first.seeds.push_back(rate.seeds[i]);
  }
  const auto below = [count](std::int64_t seed) { return seed < count; };
  std::copy_if(rate.failed_seeds.begin(),
               rate.failed_seeds.end(),
               std::back_inserter(first.failed_seeds),
               below);
  std::copy_if(rate.silent_seeds.begin(),
               rate.silent_seeds.end(),
               std::back_inserter(first.silent_seeds),
               below);
  return first;
}

}  // namespace

// The order of the tests matters, as a NaN fails every comparison.
std::string WhyFailed(double loss, double lowest) {
  if (std::isnan(loss)) return "diverged: loss is nan";
  if (!Positive(loss)) return fmt::format("diverged: loss is {}", loss);
  if (loss <= kOutlierRatio * lowest) return "";
  return fmt::format("diverged: loss {:.4g} is over {} times the best of its size ({:.4g})",
                     loss,
                     kOutlierRatio,
                     lowest);
}

// Silent runs are known too: asking for them again would end in the same way.
// A seed that failed is as known as one that survived.
bool TriedRate::HasFirstSeeds(int count) const {
  std::set<std::int64_t> known(seeds.begin(), seeds.end());
  known.insert(failed_seeds.begin(), failed_seeds.end());
  known.insert(silent_seeds.begin(), silent_seeds.end());
  for (int seed = 0; seed < count; ++seed) {
    if (known.count(seed) == 0) return false;
  }
  return true;
}

const TriedRate* RatesAtSize::Best() const {
  const TriedRate* best = nullptr;
  for (const TriedRate& rate : rates) {
    if (!rate.survives()) continue;
    if (best == nullptr || rate.log_loss < best->log_loss) best = &rate;
  }
  return best;
}

// The losses are found again, as shifts between clusters depend on which seeds take part.
RatesAtSize RatesAtSize::WithFirstSeeds(const std::function<int(double lr)>& seeds) const {
  RatesAtSize restricted{tokens, params, batch, {}, lowest_loss};
  for (const TriedRate& rate : rates) {
    const int count = seeds(rate.lr);
    if (count > 0) restricted.rates.push_back(FirstSeeds(rate, count));
  }
  FillLosses(restricted);
  return restricted;
}

std::optional<std::size_t> RateTable::FindIndex(const Point& point) const {
  const Key key = FindSize(point);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    // A size is compared by the same key that has sorted it.
    Point place;
    place.tokens = sizes[i].tokens;
    place.params = sizes[i].params;
    place.batch = sizes[i].batch;
    if (FindSize(place) == key) return i;
  }
  return std::nullopt;
}

RateTable MakeRateTable(std::span<const Point> all,
                        std::span<const Point> failed,
                        std::span<const Point> silent) {
  RateTable table;
  // Exact copies would count as second seeds.
  const std::vector<Point> points = WithoutRepeats(all, table.unusable);
  // Clusters are told from all points at once, before they are sorted into sizes.
  const std::vector<int> clusters = SharedClusters(points);
  Sorter sorter(LowestLosses(points));
  for (std::size_t i = 0; i < points.size(); ++i) {
    AddCompleted(points[i], clusters[i], sorter, table);
  }
  // Failed runs are added after the others, so that they cannot change a size's lowest loss.
  for (const Point& point : failed) {
    TriedRate* rate = sorter.FindRate(point, table.unusable);
    if (rate == nullptr) continue;
    rate->failed_seeds.push_back(point.seed);
    table.failures.push_back({point.row, std::string(Name(point.failure))});
  }
  for (const Point& point : silent) {
    TriedRate* rate = sorter.FindRate(point, table.unusable);
    if (rate != nullptr) rate->silent_seeds.push_back(point.seed);
  }
  table.sizes = sorter.Sorted();
  for (RatesAtSize& size : table.sizes) FillLosses(size);
  return table;
}

}  // namespace saelaw
