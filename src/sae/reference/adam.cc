// Adam by LibTorch's fused kernel, once for each learning rate. The work here is to present every
// tensor as contiguous without copying it.
#include "sae/reference/adam.h"

#include <vector>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

// Gathers the tensors that one learning rate moves, all of them contiguous: the fused kernel wants
// all of a parameter's tensors alike, and a matrix stored by latent is contiguous when it is
// transposed. No memory is copied, but for a matrix that was not stored by latent: it is from then
// on.
std::vector<at::Tensor> Contiguous(const Architecture& architecture,
                                   LearningRate rate,
                                   SaeParameters& parameters) {
  std::vector<at::Tensor> tensors;
  for (const SaeTensor& tensor : architecture.tensors()) {
    if (tensor.rate != rate) continue;
    at::Tensor& own = parameters.*tensor.field;
    if (tensor.by_latent) own = StoredByLatent(own);
    tensors.push_back(tensor.by_latent ? own.t() : own);
  }
  return tensors;
}

// With beta1 = 0 the gradients are passed as the first moments too: the kernel then writes
// 0·g + 1·g = g back.
void Update(const Architecture& architecture,
            LearningRate which,
            double rate,
            const AdamSettings& settings,
            SaeGradients& gradients,
            SaeParameters& parameters,
            AdamState& state) {
  const std::vector<at::Tensor> p = Contiguous(architecture, which, parameters);
  // An architecture may have no tensor of a rate, such as one without thresholds.
  if (p.empty()) return;
  const std::vector<at::Tensor> g = Contiguous(architecture, which, gradients);
  const std::vector<at::Tensor> m =
      settings.beta1 == 0 ? g : Contiguous(architecture, which, state.first);
  const std::vector<at::Tensor> v = Contiguous(architecture, which, state.second);
  // The kernel takes the number of updates as a tensor for each parameter, and works out the bias
  // corrections from it.
  const std::vector<at::Tensor> updates(
      p.size(), at::full({}, state.updates, p[0].options().dtype(at::kFloat)));
  at::_fused_adam_(p,
                   g,
                   m,
                   v,
                   /*max_exp_avg_sqs=*/{},
                   updates,
                   rate,
                   settings.beta1,
                   settings.beta2,
                   /*weight_decay=*/0,
                   settings.epsilon,
                   /*amsgrad=*/false,
                   /*maximize=*/false);
}

}  // namespace

void AdamUpdate(const Architecture& architecture,
                const AdamSettings& settings,
                double rate,
                double threshold_rate,
                const SaeGradients& gradients,
                SaeParameters& parameters,
                AdamState& state) {
  // The handles are copied, not the numbers, since the kernel wants gradients that it may write to.
  SaeGradients same_gradients = gradients;
  state.updates += 1;
  Update(architecture, LearningRate::kWeights, rate, settings, same_gradients, parameters, state);
  Update(architecture,
         LearningRate::kThresholds,
         threshold_rate,
         settings,
         same_gradients,
         parameters,
         state);
}

void ClipGradients(double limit, SaeGradients& gradients) {
  // The norm stays on the device: a GPU need not wait for the host to learn whether to clip.
  at::Tensor squares = at::zeros({}, gradients.w_dec.options());
  for (const auto field : kSaeFields) {
    const at::Tensor& tensor = gradients.*field;
    if (tensor.defined()) squares.add_(tensor.square().sum());
  }
  // The small number keeps a gradient of zero from being divided by zero.
  const at::Tensor scale = squares.sqrt_().add_(1e-6).reciprocal_().mul_(limit).clamp_max_(1);
  for (const auto field : kSaeFields) {
    if ((gradients.*field).defined()) (gradients.*field).mul_(scale);
  }
}

}  // namespace saelaw
