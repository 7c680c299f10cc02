#include "sae/model/parameters.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

SaeSpec Spec() {
  SaeSpec spec;
  spec.d_sae = 12;
  spec.threshold_init = 0.003;
  return spec;
}

TEST(Initialise, TiesTheEncoderToUnitDecoderRows) {
  const SaeParameters p = Initialise(5, Spec(), 1, at::kDouble, at::kCPU);
  const at::Tensor norms = at::linalg_vector_norm(p.w_dec, 2, {1});
  EXPECT_LT((norms - 1).abs().max().item<double>(), 1e-6);
  EXPECT_TRUE(at::equal(p.w_enc, p.w_dec.t()));
  EXPECT_TRUE(p.w_enc.t().is_contiguous());  // stored by latent
  EXPECT_EQ(p.b_enc.abs().sum().item<double>(), 0);
  EXPECT_EQ(p.b_dec.sizes(), at::IntArrayRef({5}));
}

TEST(Initialise, IsAFunctionOfTheSeed) {
  const auto w = [](std::uint64_t seed) {
    return Initialise(5, Spec(), seed, at::kFloat, at::kCPU).w_dec;
  };
  EXPECT_TRUE(at::equal(w(1), w(1)));
  EXPECT_FALSE(at::equal(w(1), w(2)));
}

TEST(ThresholdOf, IsTheSameInBothParametrisations) {
  SaeSpec spec = Spec();
  for (const auto kind : {ThresholdParametrisation::kRaw, ThresholdParametrisation::kLog}) {
    spec.threshold_parametrisation = kind;
    const SaeParameters p = Initialise(5, spec, 1, at::kDouble, at::kCPU);
    EXPECT_NEAR(ThresholdOf(p, kind).max().item<double>(), 0.003, 1e-15);
  }
}

TEST(ProjectOutDecoderRows, LeavesOnlyWhatIsOrthogonal) {
  const SaeParameters p = Initialise(5, Spec(), 1, at::kDouble, at::kCPU);
  at::Tensor w_dec = p.w_dec;
  NormaliseDecoderRows(w_dec);  // fp32 rows are of unit norm to 1e-7 only
  at::Tensor gradient = at::randn({12, 5}, at::detail::createCPUGenerator(3), at::kDouble);
  const at::Tensor tangent = gradient - w_dec * (gradient * w_dec).sum(1, true);
  ProjectOutDecoderRows(w_dec, gradient);
  EXPECT_LT((gradient * w_dec).sum(1).abs().max().item<double>(), 1e-14);
  EXPECT_LT((gradient - tangent).abs().max().item<double>(), 1e-14);
}

}  // namespace
}  // namespace saelaw
