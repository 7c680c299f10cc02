// The words for keys that a file must not have. A key without effect would be taken for one that
// has: whoever gives a coefficient to a TopK believes that it makes the SAE sparser.
#include "sweep/read_fields.h"

#include <fmt/format.h>

#include "core/architecture_traits.h"

namespace saelaw {

std::string WhyNothing(const std::string& key, SaeArchitecture architecture) {
  const bool keeps_k = FindTraits(architecture).keeps_k;
  return fmt::format(
      "{} says nothing of a {} SAE, whose active latents {}: leave it out, or take "
      "sae.architecture: {}",
      key,
      Name(architecture),
      keeps_k ? "are sae.k a token" : "follow from training.sparsity",
      keeps_k ? "jump_relu" : "topk or batch_topk");
}

}  // namespace saelaw
