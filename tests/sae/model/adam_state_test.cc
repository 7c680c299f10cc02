#include "sae/model/adam_state.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

SaeParameters Parameters() {
  SaeParameters parameters;
  parameters.w_enc = at::ones({3, 5}).t().contiguous().t();  // by latent
  parameters.b_dec = at::ones({3});
  return parameters;
}

// The momentum is then the gradient itself, and a third of the memory is saved.
TEST(NewAdamState, KeepsNoMomentumWhereBeta1IsZero) {
  EXPECT_FALSE(NewAdamState(Parameters(), {0, 0.999, 1e-8}).first.w_enc.defined());
  EXPECT_TRUE(NewAdamState(Parameters(), {0.9, 0.999, 1e-8}).first.w_enc.defined());
}

// Kernels walk a weight and its moments together.
TEST(NewAdamState, LaysMomentsOutAsTheirTensors) {
  const AdamState state = NewAdamState(Parameters(), {0.9, 0.999, 1e-8});
  for (const SaeParameters* of : {&state.first, &state.second}) {
    EXPECT_TRUE(of->w_enc.t().is_contiguous());
    EXPECT_EQ(of->w_enc.abs().sum().item<float>(), 0);
    EXPECT_EQ(of->b_dec.sizes(), at::IntArrayRef({3}));
    EXPECT_FALSE(of->threshold.defined());  // as where an architecture has none
  }
  EXPECT_EQ(state.updates, 0);
  EXPECT_FALSE(state.row_updates.defined());
}

}  // namespace
}  // namespace saelaw
