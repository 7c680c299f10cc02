#include "sae/model/architecture.h"

#include <set>
#include <string>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/architecture_traits.h"
#include "core/names.h"
#include "sae/model/adam_state.h"
#include "sae/model/initialise.h"

namespace saelaw {
namespace {

constexpr std::int64_t kDIn = 5, kDSae = 12;

std::vector<std::int64_t> MakeSizes(const SaeTensor& tensor) {
  std::vector<std::int64_t> sizes;
  for (const Extent extent : tensor.shape) {
    const std::int64_t size = extent == Extent::kDIn ? kDIn : kDSae;
    sizes.push_back(extent == Extent::kRunning ? 2 : size);
  }
  return sizes;
}

SaeSpec SpecOf(const Architecture& architecture) {
  SaeSpec spec;
  spec.d_sae = kDSae;
  spec.architecture = architecture.kind();
  return spec;
}

// The strides that kernels and checkpoints count on.
bool LiesAsItSays(const at::Tensor& own, const SaeTensor& tensor) {
  const bool by_latent = tensor.by_latent || tensor.shape.size() == 1;
  return own.t().is_contiguous() == by_latent;
}

// Checkpoints, exports and Adam walk the table: what is not in it would silently be lost.
TEST(Architecture, ItsTableHasEveryTensorThatItStartsWith) {
  for (const Architecture* architecture : Architectures()) {
    SCOPED_TRACE(architecture->name());
    const SaeSpec spec = SpecOf(*architecture);
    const SaeParameters start = Initialise(kDIn, spec, 1, at::kFloat, at::kCPU);
    const std::vector<SaeTensor>& tensors = architecture->tensors();
    for (const SaeTensor& tensor : tensors) {
      ASSERT_TRUE((start.*tensor.field).defined()) << tensor.name;
      EXPECT_EQ((start.*tensor.field).sizes().vec(), MakeSizes(tensor)) << tensor.name;
      EXPECT_TRUE(LiesAsItSays(start.*tensor.field, tensor)) << tensor.name;
    }
    std::size_t defined = 0;
    for (const auto field : kSaeFields) defined += (start.*field).defined() ? 1 : 0;
    EXPECT_EQ(defined, tensors.size());
  }
}

// Adam keeps a moment of what a learning rate moves, and of nothing else.
TEST(Architecture, ItsUntrainedTensorsHaveNoMoments) {
  for (const Architecture* architecture : Architectures()) {
    SCOPED_TRACE(architecture->name());
    const SaeParameters start = Initialise(kDIn, SpecOf(*architecture), 1, at::kFloat, at::kCPU);
    const AdamState adam = NewAdamState(start, {0.9});
    for (const SaeTensor& tensor : architecture->tensors()) {
      const bool trained = tensor.rate != LearningRate::kNone;
      EXPECT_EQ((adam.first.*tensor.field).defined(), trained) << tensor.name;
      EXPECT_EQ((adam.second.*tensor.field).defined(), trained) << tensor.name;
    }
  }
}

// What the rooms without LibTorch are told of an architecture is what it does.
TEST(Architecture, IsAsItsTraitsSay) {
  for (const Architecture* architecture : Architectures()) {
    SCOPED_TRACE(architecture->name());
    const ArchitectureTraits& traits = FindTraits(architecture->kind());
    bool thresholds = false, exported = false;
    for (const SaeTensor& tensor : architecture->tensors()) {
      thresholds = thresholds || tensor.rate == LearningRate::kThresholds;
      exported = exported || std::string_view(tensor.exported) == "threshold";
    }
    EXPECT_EQ(thresholds, traits.thresholds);
    EXPECT_EQ(exported, traits.exported == "jumprelu");
    EXPECT_EQ(&FindArchitecture(SpecOf(*architecture)), architecture);
  }
  EXPECT_EQ(Architectures().size(), kNamesOf<SaeArchitecture>.size());
}

TEST(Architectures, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Architecture* architecture : Architectures()) {
    EXPECT_TRUE(names.insert(architecture->name()).second) << architecture->name();
  }
  EXPECT_EQ(names.count(FindArchitecture({}).name()), 1U);
}

}  // namespace
}  // namespace saelaw
