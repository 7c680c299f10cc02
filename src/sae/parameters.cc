#include "sae/parameters.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace saelaw {

std::array<at::Tensor, 5> TensorsOf(const SaeParameters& parameters) {
  return {
      parameters.w_enc, parameters.b_enc, parameters.w_dec, parameters.b_dec, parameters.threshold};
}

at::Tensor StoredByLatent(const at::Tensor& w_enc) { return w_enc.t().contiguous().t(); }

SaeParameters Initialise(std::int64_t d_in,
                         const SaeSpec& spec,
                         std::uint64_t seed,
                         at::ScalarType dtype,
                         at::Device device) {
  const at::TensorOptions options = at::TensorOptions().dtype(dtype).device(device);
  at::Generator generator = at::detail::createCPUGenerator(seed);
  at::Tensor w_dec = at::randn({spec.d_sae, d_in}, generator, at::kFloat);
  NormaliseDecoderRows(w_dec);
  w_dec = w_dec.to(options);
  const bool is_log = spec.threshold_parametrisation == ThresholdParametrisation::kLog;
  return {w_dec.clone().t(),
          at::zeros({spec.d_sae}, options),
          w_dec,
          at::zeros({d_in}, options),
          at::full(
              {spec.d_sae}, is_log ? std::log(spec.threshold_init) : spec.threshold_init, options)};
}

at::Tensor ThresholdOf(const SaeParameters& parameters, ThresholdParametrisation parametrisation) {
  return parametrisation == ThresholdParametrisation::kLog ? parameters.threshold.exp()
                                                           : parameters.threshold;
}

void ProjectOutDecoderRows(const at::Tensor& w_dec, at::Tensor& gradient) {
  const at::Tensor along = (gradient * w_dec).sum(1, /*keepdim=*/true);  // [d_sae, 1]
  gradient.addcmul_(w_dec, along, -1);
}

void NormaliseDecoderRows(at::Tensor& w_dec) {
  w_dec.div_(at::linalg_vector_norm(w_dec, 2, {1}, /*keepdim=*/true));
}

}  // namespace saelaw
