#include "sae/model/parameters.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(ProjectOutDecoderRows, LeavesOnlyWhatIsOrthogonal) {
  at::Tensor w_dec = at::randn({12, 5}, at::detail::createCPUGenerator(2), at::kDouble);
  NormaliseDecoderRows(w_dec);
  at::Tensor gradient = at::randn({12, 5}, at::detail::createCPUGenerator(3), at::kDouble);
  const at::Tensor tangent = gradient - w_dec * (gradient * w_dec).sum(1, true);
  ProjectOutDecoderRows(w_dec, gradient);
  EXPECT_LT((gradient * w_dec).sum(1).abs().max().item<double>(), 1e-14);
  EXPECT_LT((gradient - tangent).abs().max().item<double>(), 1e-14);
}

TEST(Mapped, LeavesOutWhatIsUndefined) {
  SaeParameters from;
  from.b_dec = at::ones({3});
  const SaeParameters twice = Mapped(from, [](const at::Tensor& tensor) { return tensor * 2; });
  EXPECT_EQ(twice.b_dec.sum().item<double>(), 6);
  EXPECT_FALSE(twice.threshold.defined());
}

}  // namespace
}  // namespace saelaw
