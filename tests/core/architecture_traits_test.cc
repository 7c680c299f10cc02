#include "core/architecture_traits.h"

#include <gtest/gtest.h>

#include "core/names.h"

namespace saelaw {
namespace {

TEST(FindTraits, KnowsEveryArchitectureByItself) {
  for (std::size_t i = 0; i < kNamesOf<SaeArchitecture>.size(); ++i) {
    const auto architecture = static_cast<SaeArchitecture>(i);
    EXPECT_EQ(FindTraits(architecture).architecture, architecture);
  }
}

// A target and a coefficient make no sense where a number of latents is kept.
TEST(FindTraits, GivesEachOneWayToItsSparsity) {
  for (const auto architecture :
       {SaeArchitecture::kJumpRelu, SaeArchitecture::kTopK, SaeArchitecture::kBatchTopK}) {
    EXPECT_NE(FindTraits(architecture).keeps_k, FindTraits(architecture).penalty);
  }
}

// SAELens' names of what it loads: BatchTopK is a JumpReLU once it is trained.
TEST(FindTraits, NamesWhatIsGivenAway) {
  EXPECT_EQ(FindTraits(SaeArchitecture::kJumpRelu).exported, "jumprelu");
  EXPECT_EQ(FindTraits(SaeArchitecture::kTopK).exported, "topk");
  EXPECT_EQ(FindTraits(SaeArchitecture::kBatchTopK).exported, "jumprelu");
}

}  // namespace
}  // namespace saelaw
