#include "sae/model/architecture.h"

#include <set>
#include <string>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/model/initialise.h"

namespace saelaw {
namespace {

constexpr std::int64_t kDIn = 5, kDSae = 12;

std::vector<std::int64_t> SizesOf(const SaeTensor& tensor) {
  std::vector<std::int64_t> sizes;
  for (const Extent extent : tensor.shape) sizes.push_back(extent == Extent::kDIn ? kDIn : kDSae);
  return sizes;
}

// Checkpoints, exports and Adam walk the table: what is not in it would silently be lost.
TEST(Architecture, ItsTableHasEveryTensorThatItStartsWith) {
  SaeSpec spec;
  spec.d_sae = kDSae;
  const SaeParameters start = Initialise(kDIn, spec, 1, at::kFloat, at::kCPU);
  const std::vector<SaeTensor>& tensors = ArchitectureOf(spec).tensors();
  for (const SaeTensor& tensor : tensors) {
    ASSERT_TRUE((start.*tensor.field).defined()) << tensor.name;
    EXPECT_EQ((start.*tensor.field).sizes().vec(), SizesOf(tensor)) << tensor.name;
    EXPECT_EQ((start.*tensor.field).t().is_contiguous(),
              tensor.by_latent || tensor.shape.size() == 1)
        << tensor.name;
  }
  std::size_t defined = 0;
  for (const auto field : kSaeFields) defined += (start.*field).defined() ? 1 : 0;
  EXPECT_EQ(defined, tensors.size());
}

TEST(Architectures, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Architecture* architecture : Architectures()) {
    EXPECT_TRUE(names.insert(architecture->name()).second) << architecture->name();
  }
  EXPECT_EQ(names.count(ArchitectureOf({}).name()), 1U);
}

}  // namespace
}  // namespace saelaw
