#include "sae/cpu/sparse.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "sae/cpu/steps.h"

namespace saelaw {
namespace {

constexpr Shape kShape = {20, 48, 16};
constexpr std::int64_t kSilent = 24;  // of the latents, the first

class SparseSteps : public ::testing::TestWithParam<std::tuple<std::string, Precision>> {
 protected:
  void SetUp() override {
    if (!CanRunOn(path(), at::kCPU)) GTEST_SKIP() << "this CPU has no " << path();
    settings_ = MakeSettings(kVariants[0], std::get<1>(GetParam()));
    settings_.dense_above = 1;
    state_ = InType(StateOf(kShape, kVariants[0]), at::kFloat, settings_.adam);
    state_.parameters.threshold.narrow(0, 0, kSilent).fill_(1000);
    state_.dense = false;
    stepper_ = MakeStepper(path(), settings_, workspace_, state_);
  }
  std::string path() const { return std::get<0>(GetParam()); }
  at::Tensor Step() {
    return stepper_->Step({1e-3, 5e-4, 2e-2}, Drawn({kShape.tokens, kShape.d_in}, 6).to(at::kFloat))
        .fired;
  }

  StepSettings settings_;
  StepWorkspace workspace_;
  SaeState state_;
  std::unique_ptr<Stepper> stepper_;
};

// The work of a sparse step is that of its entries: what has none keeps its bits, and knows how
// much decay it has to make up for.
TEST_P(SparseSteps, LeaveLatentsWithoutEntriesAlone) {
  const auto of_silent = [&] {
    const SaeParameters& p = state_.parameters;
    return at::cat({p.w_enc.t().narrow(0, 0, kSilent).reshape({-1}),
                    p.w_dec.narrow(0, 0, kSilent).reshape({-1}),
                    p.b_enc.narrow(0, 0, kSilent),
                    p.threshold.narrow(0, 0, kSilent)});
  };
  const at::Tensor before = of_silent();
  const at::Tensor fired = Step();
  Step();
  EXPECT_TRUE(at::equal(of_silent(), before));
  EXPECT_EQ(fired.narrow(0, 0, kSilent).sum().item<float>(), 0);
  EXPECT_GT(fired.sum().item<float>(), 0);
  const at::Tensor updates = state_.adam.row_updates;
  EXPECT_EQ(updates.narrow(0, 0, kSilent).max().item<int>(), 0);
  EXPECT_EQ(updates.max().item<int>(), 2);
}

// b_dec has a gradient from every token, active latents or none.
TEST_P(SparseSteps, MoveTheDecoderBiasWhereNothingFires) {
  state_.parameters.threshold.fill_(1000);
  const at::Tensor before = state_.parameters.b_dec.clone();
  EXPECT_EQ(Step().sum().item<float>(), 0);
  EXPECT_TRUE(state_.parameters.b_dec.ne(before).all().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(
    Paths,
    SparseSteps,
    ::testing::Combine(::testing::Values("avx2", "avx512", "avx512_bf16", "amx"),
                       ::testing::Values(Precision::kFp32, Precision::kBf16)));

}  // namespace
}  // namespace saelaw
