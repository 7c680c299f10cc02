#include "sae/reference/adam.h"

#include <array>
#include <vector>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

// The same memory, w_enc by latent: the fused kernel wants all of a parameter's tensors alike.
std::array<at::Tensor, 5> Contiguous(SaeParameters& parameters) {
  parameters.w_enc = StoredByLatent(parameters.w_enc);
  std::array<at::Tensor, 5> tensors = TensorsOf(parameters);
  tensors[0] = tensors[0].t();
  return tensors;
}

struct Slice {
  at::TensorList parameters, gradients, first, second;
};

// With beta1 = 0 the caller passes the gradients as `first` too: the kernel then writes
// 0·g + 1·g = g back.
void Update(const AdamSettings& settings, double rate, const Slice& slice, at::TensorList updates) {
  at::_fused_adam_(slice.parameters,
                   slice.gradients,
                   slice.first,
                   slice.second,
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

void AdamUpdate(const AdamSettings& settings,
                double rate,
                double threshold_rate,
                const SaeGradients& gradients,
                SaeParameters& parameters,
                AdamState& state) {
  SaeGradients same_gradients = gradients;
  const std::array<at::Tensor, 5> p = Contiguous(parameters);
  const std::array<at::Tensor, 5> g = Contiguous(same_gradients);
  const std::array<at::Tensor, 5> m = settings.beta1 == 0 ? g : Contiguous(state.first);
  const std::array<at::Tensor, 5> v = Contiguous(state.second);
  state.updates += 1;
  const std::vector<at::Tensor> updates(
      4, at::full({}, state.updates, p[0].options().dtype(at::kFloat)));
  const auto slice = [&](std::size_t first, std::size_t count) {
    return Slice{{&p[first], count}, {&g[first], count}, {&m[first], count}, {&v[first], count}};
  };
  Update(settings, rate, slice(0, 4), updates);
  Update(settings, threshold_rate, slice(4, 1), {updates.data(), 1});
}

void ClipGradients(double limit, SaeGradients& gradients) {
  const std::array<at::Tensor, 5> tensors = TensorsOf(gradients);
  at::Tensor squares = at::zeros({}, tensors[0].options());
  for (const at::Tensor& tensor : tensors) squares.add_(tensor.square().sum());
  const at::Tensor scale = squares.sqrt_().add_(1e-6).reciprocal_().mul_(limit).clamp_max_(1);
  for (at::Tensor tensor : tensors) tensor.mul_(scale);
}

}  // namespace saelaw
