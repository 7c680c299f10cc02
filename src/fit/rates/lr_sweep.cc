#include "fit/rates/lr_sweep.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "fit/noise/shared_noise.h"
#include "fit/points/clusters.h"
#include "fit/points/repeats.h"

namespace saelaw {
namespace {

std::int64_t Rounded(double value) { return std::llround(std::log(value) * 1e9); }

// Tokens, params, batch; what the data does not have is 0.
using Key = std::array<std::int64_t, 3>;
Key SizeOf(const Point& point) {
  const auto part = [](double value) { return value > 0 ? Rounded(value) : 0; };
  return {part(point.tokens), part(point.params), part(point.batch)};
}

bool Positive(double value) { return std::isfinite(value) && value > 0; }

std::map<Key, double> BestLosses(std::span<const Point> points) {
  std::map<Key, double> best;
  for (const Point& point : points) {
    if (!Positive(point.tokens) || !Positive(point.loss)) continue;
    const auto [at, added] = best.emplace(SizeOf(point), point.loss);
    at->second = std::min(at->second, point.loss);
  }
  return best;
}

// Why a completed run's loss counts as a failure; empty when it does not.
std::string WhyFailed(const Point& point, double best) {
  if (std::isnan(point.loss)) return "diverged: loss is nan";
  if (!Positive(point.loss)) return fmt::format("diverged: loss is {}", point.loss);
  if (point.loss <= kOutlierRatio * best) return "";
  return fmt::format("diverged: loss {:.4g} is over {} times the best of its size ({:.4g})",
                     point.loss,
                     kOutlierRatio,
                     best);
}

// Sizes and rates by their rounded logarithms, which sorts them.
class Sorter {
 public:
  SweptRate* RateOf(const Point& point, std::vector<DroppedPoint>& dropped) {
    if (!Positive(point.tokens) || !Positive(point.lr)) {
      dropped.push_back(
          {point.row,
           fmt::format(
               "tokens and lr must be > 0 and finite, got {} and {}", point.tokens, point.lr)});
      return nullptr;
    }
    Size& size = sizes_[SizeOf(point)];
    size.tokens = point.tokens;
    size.params = point.params;
    size.batch = point.batch;
    SweptRate& rate = size.rates[Rounded(point.lr)];
    rate.lr = point.lr;
    return &rate;
  }

  std::vector<SweptSize> Sorted() const {
    std::vector<SweptSize> sorted;
    for (const auto& [key, size] : sizes_) {
      sorted.push_back({size.tokens, size.params, size.batch, {}});
      for (const auto& [lr, rate] : size.rates) sorted.back().rates.push_back(rate);
    }
    return sorted;
  }

 private:
  struct Size {
    double tokens = 0;
    double params = 0;
    double batch = 0;
    std::map<std::int64_t, SweptRate> rates;
  };
  std::map<Key, Size> sizes_;
};

// Points that share theirs with no other are one cluster: nothing tells what is their own from what
// is their stream's.
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

// ln loss = level of the rate + shift of the cluster, by least squares over the rates that survive.
// Returns the shifts, by cluster. They are drawn to 0 so weakly that it shows only between clusters
// that no rates connect. All 0 where there are more than kMostClusters.
std::map<int, double> ClusterShifts(const SweptSize& size) {
  std::map<int, double> shifts;
  for (const SweptRate& rate : size.rates) {
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
  for (const SweptRate& rate : size.rates) {  // its level is eliminated
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

void FillLosses(SweptSize& size) {
  const std::map<int, double> shifts = ClusterShifts(size);
  for (SweptRate& rate : size.rates) {
    if (rate.log_losses.empty()) continue;
    rate.log_loss = Mean(rate.log_losses);
    for (const int cluster : rate.clusters) {
      const auto found = shifts.find(cluster);
      if (found == shifts.end()) continue;
      rate.log_loss -= found->second / static_cast<double>(rate.clusters.size());
    }
  }
}

}  // namespace

LrSweep SortSweep(std::span<const Point> all, std::span<const Point> failed) {
  LrSweep sweep;
  const std::vector<Point> points = WithoutRepeats(all, sweep.unusable);
  const std::map<Key, double> best = BestLosses(points);
  const std::vector<int> clusters = SharedClusters(points);
  Sorter sorter;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Point& point = points[i];
    SweptRate* rate = sorter.RateOf(point, sweep.unusable);
    if (rate == nullptr) continue;
    const auto found = best.find(SizeOf(point));
    const double size_best =
        found != best.end() ? found->second : std::numeric_limits<double>::infinity();
    std::string why = WhyFailed(point, size_best);
    if (why.empty()) {
      rate->log_losses.push_back(std::log(point.loss));
      rate->clusters.push_back(clusters[i]);
    } else {
      ++rate->failed;
      sweep.failures.push_back({point.row, std::move(why)});
    }
  }
  for (const Point& point : failed) {
    SweptRate* rate = sorter.RateOf(point, sweep.unusable);
    if (rate == nullptr) continue;
    ++rate->failed;
    sweep.failures.push_back({point.row, std::string(Name(point.failure))});
  }
  sweep.sizes = sorter.Sorted();
  for (SweptSize& size : sweep.sizes) FillLosses(size);
  return sweep;
}

}  // namespace saelaw
