#include "train/l0_controller.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::int64_t kTokens = 64;
constexpr double kTarget = 50;

at::Tensor Active(double l0) {
  return at::scalar_tensor(l0 * static_cast<double>(kTokens), at::kDouble);
}

// An SAE as the controller sees it: ln L0 follows -sensitivity·ln coefficient with a lag, as
// thresholds follow the penalty.
struct Plant {
  double sensitivity = 0.6;
  double lag_steps = 20;
  double unsteered = 1.25;  // where L0 would settle, over the target
  double log_l0 = std::log(3 * kTarget);

  double Follow(double log_factor) {
    const double settled = std::log(unsteered * kTarget) - sensitivity * log_factor;
    log_l0 += (settled - log_l0) / lag_steps;
    return std::exp(log_l0);
  }
};

// The share by which L0 misses the target after so many warm-ups of 100 updates.
double MissAfter(int warmups, Plant plant) {
  constexpr int kWarmup = 100;
  const L0Controller controller(kTarget, kWarmup);
  L0ControllerState state;
  double l0 = 0;
  for (int step = 0; step < warmups * kWarmup; ++step) {
    l0 = plant.Follow(state.log_factor);
    controller.TakeIn(Active(l0), kTokens, step < kWarmup, state);
  }
  return std::abs(l0 / kTarget - 1);
}

// One settling time after the warm-up most of a miss by a quarter is made good, then all of it.
TEST(L0Controller, BringsL0ToItsTarget) {
  for (const double unsteered : {0.8, 1.25}) {
    for (const double lag : {10.0, 20.0, 40.0}) {
      EXPECT_GT(MissAfter(1, {0.6, lag, unsteered}), 0.1);
      EXPECT_LT(MissAfter(2, {0.6, lag, unsteered}), 0.07);
      EXPECT_LT(MissAfter(5, {0.6, lag, unsteered}), 0.002);
    }
  }
}

TEST(L0Controller, LeavesTheCoefficientAloneWhileItWarmsUp) {
  const L0Controller controller(kTarget, 100);
  L0ControllerState state;
  for (int step = 0; step < 80; ++step) controller.TakeIn(Active(900), kTokens, true, state);
  EXPECT_EQ(state.log_factor, 0);
}

// Long at the end of its range, it turns round at once when the miss does.
TEST(L0Controller, DoesNotWindUp) {
  const L0Controller controller(kTarget, 100);
  L0ControllerState state;
  const auto look = [&](double l0) {
    for (int step = 0; step < 8; ++step) controller.TakeIn(Active(l0), kTokens, false, state);
  };
  for (int i = 0; i < 200; ++i) look(1);
  const double lowest = state.log_factor;
  EXPECT_LT(lowest, -5);
  look(kTarget * 1.5);
  EXPECT_GT(state.log_factor, lowest + 2);
}

// Each look is at the mean of the steps since the last, whatever each of them was.
TEST(L0Controller, LooksAtMeans) {
  const L0Controller controller(kTarget, 100);
  L0ControllerState even, uneven;
  for (int step = 0; step < 8; ++step) {
    controller.TakeIn(Active(60), kTokens, false, even);
    controller.TakeIn(Active(step % 2 == 0 ? 40 : 80), kTokens, false, uneven);
    EXPECT_EQ(uneven.log_factor == 0, step < 7);
  }
  EXPECT_DOUBLE_EQ(uneven.log_factor, even.log_factor);
}

TEST(L0Controller, TakesSilenceForTheLargestMiss) {
  const L0Controller controller(kTarget, 100);
  L0ControllerState state;
  for (int step = 0; step < 8; ++step) controller.TakeIn(Active(0), kTokens, false, state);
  EXPECT_EQ(state.last_miss, -1);
}

}  // namespace
}  // namespace saelaw
