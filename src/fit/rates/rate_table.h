// The one table of what the rates of a sweep did: by data size and SAE size, which runs of each
// rate survived, which failed, and how good the rate is. Grid, optimum, edge, surface and advice
// read it, so that a failure, a survivor and the best rate are the same to all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fit/intervals/law_fit.h"
#include "fit/points/point.h"

namespace saelaw {

// A loss of more than this times the best of its size is that of a failed run.
inline constexpr double kOutlierRatio = 3;
// Why a completed run counts as failed, where `lowest` is the best loss of its size; empty when it
// does not.
std::string WhyFailed(double loss, double lowest);

// All runs of one rate at one size.
struct TriedRate {
  double lr = 0;
  std::vector<double> log_losses;   // of the runs that survived
  std::vector<int> clusters;        // of those (fit/points/clusters.h); alike where none is shared
  std::vector<std::int64_t> seeds;  // of those
  std::vector<std::int64_t> failed_seeds;
  std::vector<std::int64_t> silent_seeds;  // of runs that say nothing of the rate
  // Mean of log_losses, less what the clusters shift all rates of the size by: further seeds were
  // run at some rates alone, and a seed whose stream is an easy one makes none of them better.
  // NaN where no run survived.
  double log_loss = std::numeric_limits<double>::quiet_NaN();

  int failed() const { return static_cast<int>(failed_seeds.size()); }
  int survived() const { return static_cast<int>(log_losses.size()); }
  // A rate survives when every run did: beside the cliff a seed's survival is luck.
  bool survives() const { return failed() == 0 && survived() > 0; }
  bool fails() const { return failed() > 0; }
  // Whether all seeds from 0 up to `count` are known, whatever became of them.
  bool HasFirstSeeds(int count) const;
};

struct RatesAtSize {
  double tokens = 0;
  double params = 0;  // NaN: not in the data
  double batch = 0;
  std::vector<TriedRate> rates;                                  // ascending
  double lowest_loss = std::numeric_limits<double>::infinity();  // of any single run

  // The surviving rate with the lowest loss; null when none survived.
  const TriedRate* Best() const;
  // The same with the first `seeds(lr)` seeds of each rate alone, losses found again from these; a
  // rate of 0 seeds is left out.
  RatesAtSize WithFirstSeeds(const std::function<int(double lr)>& seeds) const;
};

struct RateTable {
  std::vector<RatesAtSize> sizes;      // ascending
  std::vector<DroppedPoint> failures;  // runs that count as failed, with the reason
  std::vector<DroppedPoint> unusable;  // rows left out

  // Where the point's size stands among `sizes`.
  std::optional<std::size_t> FindIndex(const Point& point) const;
};

// Sizes and rates equal to within 1e-9 are one. `points` completed: a NaN, infinite or non-positive
// loss and one of more than 3 times the size's best count as failed and are listed. `failed`
// diverged or collapsed; `silent` ended in a way that says nothing of the rate (out of memory,
// stopped). Rows without positive tokens and lr, and exact repeats, are listed and left out.
RateTable MakeRateTable(std::span<const Point> points,
                        std::span<const Point> failed,
                        std::span<const Point> silent = {});

}  // namespace saelaw
