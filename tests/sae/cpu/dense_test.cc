#include "sae/cpu/dense.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "sae/cpu/steps.h"

namespace saelaw {
namespace {

class DenseSteps : public ::testing::TestWithParam<std::tuple<std::string, Precision>> {
 protected:
  void SetUp() override {
    if (!CanRunOn(path(), at::kCPU)) GTEST_SKIP() << "this CPU has no " << path();
  }
  std::string path() const { return std::get<0>(GetParam()); }
  Precision precision() const { return std::get<1>(GetParam()); }
  // The state after one dense step on these shapes.
  SaeState Stepped(const Shape& shape) const {
    const StepSettings settings = MakeSettings(kVariants[0], precision());
    SaeState state = InType(StateOf(shape, kVariants[0]), at::kFloat, settings.adam);
    StepWorkspace workspace;
    const at::Tensor x = Drawn({shape.tokens, shape.d_in}, 6).to(at::kFloat);
    MakeStepper(path(), settings, workspace, state)->Step({1e-3, 5e-4, 2e-2}, x);
    return state;
  }
};

// Two blocks, whose encoder's products are not kept.
TEST_P(DenseSteps, MakeProductsAgainWhereTheyAreLarge) {
  const Shape shape{100, 12'000, 100};
  const StepSettings exact = MakeSettings(kVariants[0], Precision::kFp32);
  SaeState expected = InType(StateOf(shape, kVariants[0]), at::kDouble, exact.adam);
  StepWorkspace workspace;
  MakeStepper(kReferencePath, exact, workspace, expected)
      ->Step({1e-3, 5e-4, 2e-2}, Drawn({shape.tokens, shape.d_in}, 6));
  const SaeState state = Stepped(shape);
  for (const auto of : {&SaeParameters::w_enc, &SaeParameters::w_dec}) {
    EXPECT_LT(Difference((state.adam.second.*of).sqrt(), (expected.adam.second.*of).sqrt()),
              precision() == Precision::kFp32 ? 8e-6 : 0.06);
  }
}

// No latent is left alone, so that a run that turns sparse has nothing to make up for.
TEST_P(DenseSteps, BringEveryLatentUpToDate) {
  const SaeState state = Stepped({20, 24, 9});
  EXPECT_TRUE(state.adam.row_updates.eq(1).all().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(
    Paths,
    DenseSteps,
    ::testing::Combine(::testing::Values("avx2", "avx512", "avx512_bf16", "amx"),
                       ::testing::Values(Precision::kFp32, Precision::kBf16)));

}  // namespace
}  // namespace saelaw
