#include "sae/model/parameters.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace saelaw {

namespace {

at::Tensor FirstBias(const SaeStart& start, std::int64_t d_in) {
  if (start.b_dec.empty()) return at::zeros({d_in}, at::kFloat);
  return at::tensor(start.b_dec, at::kDouble).to(at::kFloat);  // [d_in]
}

}  // namespace

std::array<at::Tensor, 5> TensorsOf(const SaeParameters& parameters) {
  return {
      parameters.w_enc, parameters.b_enc, parameters.w_dec, parameters.b_dec, parameters.threshold};
}

at::Tensor StoredByLatent(const at::Tensor& w_enc) { return w_enc.t().contiguous().t(); }

SaeParameters Initialise(std::int64_t d_in,
                         const SaeSpec& spec,
                         std::uint64_t seed,
                         at::ScalarType dtype,
                         at::Device device,
                         const SaeStart& start) {
  const at::TensorOptions options = at::TensorOptions().dtype(dtype).device(device);
  at::Generator generator = at::detail::createCPUGenerator(seed);
  at::Tensor w_dec = at::randn({spec.d_sae, d_in}, generator, at::kFloat);
  NormaliseDecoderRows(w_dec);
  at::Tensor w_enc = w_dec.clone();  // [d_sae, d_in]
  if (start.encoder_scale != 1) w_enc.mul_(start.encoder_scale);
  const at::Tensor b_dec = FirstBias(start, d_in);
  at::Tensor b_enc = at::zeros({spec.d_sae}, at::kFloat);
  if (!spec.pre_encoder_bias && !start.b_dec.empty()) b_enc = at::mv(w_enc, b_dec).neg();
  const bool is_log = spec.threshold_parametrisation == ThresholdParametrisation::kLog;
  return {w_enc.to(options).t(),
          b_enc.to(options),
          w_dec.to(options),
          b_dec.to(options),
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
