#include "sae/model/initialise.h"

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

}  // namespace
}  // namespace saelaw
