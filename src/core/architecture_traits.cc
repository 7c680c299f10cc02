// One line for each architecture. A test of sae/ holds kernels to what is said of them here.
#include "core/architecture_traits.h"

#include <array>
#include <cassert>
#include <cstddef>

namespace saelaw {
namespace {

// Pre-activations, latents, their operands and derivatives are five arrays. Choosing the largest
// adds which of them are chosen, and for a batch the copy that is searched, with places of 8 bytes.
constexpr std::array kTraits = {
    ArchitectureTraits{SaeArchitecture::kJumpRelu, "jumprelu", true, true, false, 5, true, true},
    ArchitectureTraits{SaeArchitecture::kTopK, "topk", false, false, true, 7, false, false},
    ArchitectureTraits{
        SaeArchitecture::kBatchTopK, "jumprelu", false, false, true, 11, true, false},
};

}  // namespace

const ArchitectureTraits& FindTraits(SaeArchitecture architecture) {
  const ArchitectureTraits& traits = kTraits.at(static_cast<std::size_t>(architecture));
  assert(traits.architecture == architecture);
  return traits;
}

}  // namespace saelaw
