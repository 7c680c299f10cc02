#include "core/architecture_traits.h"

#include <gtest/gtest.h>

#include "core/names.h"

namespace saelaw {
namespace {

TEST(TraitsOf, KnowsEveryArchitectureByItself) {
  for (std::size_t i = 0; i < kNamesOf<SaeArchitecture>.size(); ++i) {
    const auto architecture = static_cast<SaeArchitecture>(i);
    EXPECT_EQ(TraitsOf(architecture).architecture, architecture);
  }
}

// A target and a coefficient make no sense where a number of latents is kept.
TEST(TraitsOf, GivesEachOneWayToItsSparsity) {
  for (const auto architecture :
       {SaeArchitecture::kJumpRelu, SaeArchitecture::kTopK, SaeArchitecture::kBatchTopK}) {
    EXPECT_NE(TraitsOf(architecture).keeps_k, TraitsOf(architecture).penalty);
  }
}

// SAELens' names of what it loads: BatchTopK is a JumpReLU once it is trained.
TEST(TraitsOf, NamesWhatIsGivenAway) {
  EXPECT_EQ(TraitsOf(SaeArchitecture::kJumpRelu).exported, "jumprelu");
  EXPECT_EQ(TraitsOf(SaeArchitecture::kTopK).exported, "topk");
  EXPECT_EQ(TraitsOf(SaeArchitecture::kBatchTopK).exported, "jumprelu");
}

}  // namespace
}  // namespace saelaw
