// Reads a case (see make_sae_vectors.py) from the file named, and prints loss and gradients as
// JSON, for scripts/check-sae-parity.
#include <fstream>
#include <iostream>

#include "sae/sae_case.h"
#include "sae/sae_tensors.h"

namespace saelaw::testing {
namespace {

Json ListFrom(const at::Tensor& tensor) {
  if (tensor.dim() == 0) return tensor.item<double>();
  Json list = Json::array();
  for (std::int64_t i = 0; i < tensor.size(0); ++i) list.push_back(ListFrom(tensor[i]));
  return list;
}

Json Answer(const SaeCase& sae) {
  const SaeStep step = LossAndGradients(sae.parameters, sae.objective, sae.coefficient, sae.x);
  const LossTerms terms = TermsOf(step.sums.totals, sae.coefficient, sae.x.size(0));
  Json gradients;
  const auto tensors = TensorsOf(step.gradients);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    gradients[kSaeTensorNames[i]] = ListFrom(tensors[i]);
  }
  return {{"loss", terms.loss},
          {"mse", terms.mse},
          {"penalty", terms.penalty},
          {"gradients", gradients}};
}

}  // namespace
}  // namespace saelaw::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: saelaw-sae-gradients CASE.json\n";
    return 64;
  }
  std::ifstream file(argv[1]);
  const auto json = saelaw::testing::Json::parse(file);
  std::cout << saelaw::testing::Answer(saelaw::testing::SaeCaseFrom(json)).dump() << "\n";
  return 0;
}
