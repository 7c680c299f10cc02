#include "train/divergence.h"

#include <algorithm>

#include <fmt/format.h>

namespace saelaw {
namespace {

constexpr double kFarAbove = 100;
constexpr double kComingBack = 0.5;  // the second half's mean over the first's
constexpr double kLargest = 1e300;   // so that sums stay finite, as JSON has them

// Even, so that it has halves; of a short run a quarter at most, so that it can end within it.
std::int64_t Stretch(std::int64_t run_steps) {
  constexpr std::int64_t kShare = 50, kShortest = 20, kLongest = 500, kOfShort = 4, kLeast = 2;
  const std::int64_t wanted = std::clamp(run_steps / kShare, kShortest, kLongest);
  return std::max(kLeast, std::min(wanted, run_steps / kOfShort) / 2 * 2);
}

void BeginStretch(ErrorTrend& trend) {
  trend.steps = 0;
  trend.first_half = trend.second_half = 0;
}

}  // namespace

std::string WhyDiverged(ErrorTrend& trend, const StepError& error) {
  const double mse = std::min(error.mse, kLargest);
  if (trend.start < 0) trend.start = mse;
  const double reference = std::max(trend.start, error.variance);
  if (!(mse > kFarAbove * reference)) {
    BeginStretch(trend);
    return "";
  }
  const std::int64_t stretch = Stretch(error.steps);
  (trend.steps < stretch / 2 ? trend.first_half : trend.second_half) += mse;
  trend.steps += 1;
  if (trend.steps < stretch) return "";
  const bool coming_back = trend.second_half <= kComingBack * trend.first_half;
  BeginStretch(trend);
  if (coming_back) return "";
  return fmt::format("mse stayed above {:.4g}, {} times that of {}, for the {} steps up to step {}",
                     kFarAbove * reference,
                     kFarAbove,
                     trend.start >= error.variance ? "the run's own start" : "predicting the mean",
                     stretch,
                     error.step);
}

}  // namespace saelaw
