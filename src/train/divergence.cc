// The rule needs a whole stretch of bad steps, so that one spike ends nothing, and compares the two
// halves of that stretch, so that a run on its way back is let go on. It keeps four numbers and no
// list of errors, because they travel in every checkpoint.
#include "train/divergence.h"

#include <algorithm>

#include <fmt/format.h>

namespace saelaw {
namespace {

constexpr double kFarAbove = 100;
constexpr double kComingBack = 0.5;  // the second half's mean over the first's
constexpr double kLargest = 1e300;   // so that sums stay finite, as JSON has them

// The length is even, so that the stretch has halves. In a short run it is a quarter of the run at
// most, so that a run can be given up before its end.
std::int64_t Stretch(std::int64_t run_steps) {
  constexpr std::int64_t kShare = 50, kShortest = 20, kLongest = 500, kOfShort = 4, kLeast = 2;
  const std::int64_t wanted = std::clamp(run_steps / kShare, kShortest, kLongest);
  return std::max(kLeast, std::min(wanted, run_steps / kOfShort) / 2 * 2);
}

// Any step below the limit starts the count afresh: the stretch must be without a gap.
void BeginStretch(ErrorTrend& trend) {
  trend.steps = 0;
  trend.first_half = trend.second_half = 0;
}

}  // namespace

std::string WhyDiverged(ErrorTrend& trend, const StepError& error) {
  // The error of step 0 may already be huge. Cut at kLargest, it still compares as far above
  // nothing else.
  const double mse = std::min(error.mse, kLargest);
  if (trend.start < 0) trend.start = mse;
  // A run that starts better than predicting the mean is not punished for it: the reference is the
  // worse of the two.
  const double reference = std::max(trend.start, error.variance);
  if (!(mse > kFarAbove * reference)) {
    BeginStretch(trend);
    return "";
  }
  const std::int64_t stretch = Stretch(error.steps);
  (trend.steps < stretch / 2 ? trend.first_half : trend.second_half) += mse;
  trend.steps += 1;
  if (trend.steps < stretch) return "";
  // After a stretch that falls fast enough the next one is judged alone, with no memory of this
  // one.
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
