// The numbers are drawn on the CPU in fp32 whatever the device and the type, so that a seed means
// the same SAE everywhere. The encoder starts as the decoder's transpose, scaled on request.
#include "sae/model/initialise.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "sae/model/architecture.h"

namespace saelaw {
namespace {

at::Tensor FirstBias(const SaeStart& start, std::int64_t d_in) {
  // An empty b_dec asks for zeros. A mean comes in double and is rounded once, here.
  if (start.b_dec.empty()) return at::zeros({d_in}, at::kFloat);
  return at::tensor(start.b_dec, at::kDouble).to(at::kFloat);  // [d_in]
}

}  // namespace

SaeParameters Initialise(std::int64_t d_in,
                         const SaeSpec& spec,
                         std::uint64_t seed,
                         at::ScalarType dtype,
                         at::Device device,
                         const SaeStart& start) {
  const at::TensorOptions options = at::TensorOptions().dtype(dtype).device(device);
  // A generator of its own makes the draw independent of everything else in the process.
  at::Generator generator = at::detail::createCPUGenerator(seed);
  at::Tensor w_dec = at::randn({spec.d_sae, d_in}, generator, at::kFloat);
  NormaliseDecoderRows(w_dec);
  // The encoder's rows are the decoder's: at first a latent reads what it writes.
  at::Tensor w_enc = w_dec.clone();  // [d_sae, d_in]
  if (start.encoder_scale != 1) w_enc.mul_(start.encoder_scale);
  const at::Tensor b_dec = FirstBias(start, d_in);
  at::Tensor b_enc = at::zeros({spec.d_sae}, at::kFloat);
  // Without a bias before the encoder its part, -W_enc·b_dec, is put into b_enc: the SAE then
  // begins with the same pre-activations either way.
  if (!spec.pre_encoder_bias && !start.b_dec.empty()) b_enc = at::mv(w_enc, b_dec).neg();
  SaeParameters parameters;
  // The transpose is a view, so W_enc is stored by latent from the start, as the kernels want it.
  parameters.w_enc = w_enc.to(options).t();
  parameters.b_enc = b_enc.to(options);
  parameters.w_dec = w_dec.to(options);
  parameters.b_dec = b_dec.to(options);
  FindArchitecture(spec).StartOwn(spec, parameters);
  return parameters;
}

}  // namespace saelaw
