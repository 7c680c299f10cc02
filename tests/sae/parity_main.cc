// Reads a case (see make_sae_vectors.py and make_top_k_vectors.py) from the file named, and prints
// loss and gradients as JSON, for scripts/check-sae-parity.
#include <fstream>
#include <iostream>

#include "sae/reference/adam.h"
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

Json ListsFrom(const SaeParameters& parameters) {
  Json lists;
  const auto tensors = TensorsOf(parameters);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].defined()) lists[kSaeTensorNames[i]] = ListFrom(tensors[i]);
  }
  return lists;
}

// One step of Adam as the case has it, and what the running threshold then is.
void AddMoved(const Json& json, const SaeCase& sae, const SaeStep& step, Json& answer) {
  const Json& adam = json.at("adam");
  const AdamSettings settings{adam.at("beta1"), adam.at("beta2"), adam.at("epsilon")};
  SaeParameters parameters = sae.parameters;
  AdamState state = NewAdamState(parameters, settings);
  const Architecture& architecture = *sae.objective.architecture;
  const double lr = adam.at("lr");
  AdamUpdate(architecture, settings, lr, lr, step.gradients, parameters, state);
  answer["moved"] = ListsFrom(parameters);
  if (!step.seen.defined()) return;
  architecture.TakeIn(step.seen, parameters);
  answer["running_threshold"] = parameters.running_threshold[0].item<double>();
}

Json Answer(const Json& json) {
  const SaeCase sae = SaeCaseFrom(json);
  const SaeStep step = MakeStep(json, sae);
  const LossTerms terms = MakeTerms(step.sums.totals, sae.coefficient, sae.x.size(0));
  Json answer = {{"loss", terms.loss},
                 {"mse", terms.mse},
                 {"penalty", terms.penalty},
                 {"l0", terms.l0},
                 {"auxiliary", step.auxiliary.defined() ? step.auxiliary.item<double>() : 0},
                 {"gradients", ListsFrom(step.gradients)}};
  if (json.contains("adam")) AddMoved(json, sae, step, answer);
  return answer;
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
  std::cout << saelaw::testing::Answer(json).dump() << "\n";
  return 0;
}
