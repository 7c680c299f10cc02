#include "sae/model/stepper.h"

#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(LooksAfter, OneTwoFourEightAndThenEveryEight) {
  std::vector<std::int64_t> looks;
  for (std::int64_t updates = 1; updates <= 32; ++updates) {
    if (LooksAfter(updates)) looks.push_back(updates);
  }
  EXPECT_EQ(looks, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 24, 32}));
}

// 3 of 24 latents on each of 10 tokens are an eighth.
TEST(Look, ChangesTheProductsAtItsUpdatesAlone) {
  SaeState state;
  state.parameters.w_enc = at::zeros({20, 24});
  StepSettings settings;
  settings.dense_above = 0.13;
  state.adam.updates = 3;
  Look(settings, 30, 10, state);
  EXPECT_TRUE(state.dense);
  state.adam.updates = 4;
  Look(settings, 30, 10, state);
  EXPECT_FALSE(state.dense);
  settings.dense_above = 0.12;
  Look(settings, 30, 10, state);
  EXPECT_TRUE(state.dense);
}

// Company must change nothing, so that runs of one gang share memory but never a state.
TEST(StepWorkspace, HasOneRoomOfEachKind) {
  struct Room {
    int used = 0;
  };
  struct Other : Room {};
  StepWorkspace workspace;
  workspace.Of<Room>().used = 3;
  EXPECT_EQ(workspace.Of<Room>().used, 3);
  EXPECT_EQ(workspace.Of<Other>().used, 0);
}

}  // namespace
}  // namespace saelaw
