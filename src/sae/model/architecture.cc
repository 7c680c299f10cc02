// The list of architectures, and the tensors that all of them have. An architecture adds its own
// tensors behind these, and checkpoints and exports then know of them without being told.
#include "sae/model/architecture.h"

#include "sae/model/jump_relu.h"
#include "sae/model/top_k.h"

namespace saelaw {

std::vector<SaeTensor> WithWeights(const std::vector<SaeTensor>& own) {
  constexpr LearningRate kRate = LearningRate::kWeights;
  std::vector<SaeTensor> all = {
      // The last value says that W_enc is stored by latent although its shape is [d_in, d_sae].
      {"w_enc", "W_enc", &SaeParameters::w_enc, {Extent::kDIn, Extent::kDSae}, kRate, true},
      {"b_enc", "b_enc", &SaeParameters::b_enc, {Extent::kDSae}, kRate},
      {"w_dec", "W_dec", &SaeParameters::w_dec, {Extent::kDSae, Extent::kDIn}, kRate},
      {"b_dec", "b_dec", &SaeParameters::b_dec, {Extent::kDIn}, kRate}};
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

const std::vector<const Architecture*>& Architectures() {
  static const std::vector<const Architecture*> all = {&JumpRelu(), &TopK(), &BatchTopK()};
  return all;
}

const Architecture& FindArchitecture(const SaeSpec& spec) {
  for (const Architecture* architecture : Architectures()) {
    if (architecture->kind() == spec.architecture) return *architecture;
  }
  // Every kind of the enumeration is in the list, as a test sees to.
  return JumpRelu();
}

}  // namespace saelaw
