#include "train/divergence.h"

#include <functional>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::int64_t kSteps = 1000;  // a stretch is 20 of them
constexpr double kVariance = 1;

struct Verdict {
  std::int64_t step = -1;  // -1: never
  std::string reason;
};

Verdict Follow(const std::function<double(std::int64_t)>& mse) {
  ErrorTrend trend;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    std::string reason = WhyDiverged(trend, {step, kSteps, mse(step), kVariance});
    if (!reason.empty()) return {step, std::move(reason)};
  }
  return {};
}

TEST(WhyDiverged, LetsARunFallFromALargeStart) {
  EXPECT_EQ(Follow([](std::int64_t step) { return 5000.0 / static_cast<double>(step + 1); }).step,
            -1);
}

TEST(WhyDiverged, JudgesAgainstTheRunsOwnStart) {
  const Verdict large = Follow([](std::int64_t step) { return step == 0 ? 5000.0 : 400'000.0; });
  EXPECT_EQ(large.step, -1);
  const Verdict far = Follow([](std::int64_t step) { return step == 0 ? 5000.0 : 600'000.0; });
  EXPECT_EQ(far.step, 20);
  EXPECT_NE(far.reason.find("the run's own start"), std::string::npos) << far.reason;
}

TEST(WhyDiverged, JudgesAgainstTheMeanWhereTheStartIsBetter) {
  const Verdict verdict = Follow([](std::int64_t step) { return step < 100 ? 0.1 : 101.0; });
  EXPECT_EQ(verdict.step, 119);
  EXPECT_NE(verdict.reason.find("predicting the mean"), std::string::npos) << verdict.reason;
}

TEST(WhyDiverged, ForgivesSpikes) {
  EXPECT_EQ(Follow([](std::int64_t step) { return step % 20 == 19 ? 0.1 : 1e6; }).step, -1);
}

TEST(WhyDiverged, ForgivesARunOnItsWayBack) {
  const auto back = [](std::int64_t step) {
    return step < 100 ? 1.0 : 1e5 / static_cast<double>(1 + (step - 100) * (step - 100));
  };
  EXPECT_EQ(Follow(back).step, -1);
}

TEST(WhyDiverged, KeepsItsSumsFinite) {
  ErrorTrend trend;
  WhyDiverged(trend, {0, kSteps, 1, kVariance});
  for (int i = 0; i < 5; ++i) WhyDiverged(trend, {1 + i, kSteps, 1.7e308, kVariance});
  EXPECT_LT(trend.first_half, 1e302);
}

}  // namespace
}  // namespace saelaw
