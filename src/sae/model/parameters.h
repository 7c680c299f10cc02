// What a sparse autoencoder learns, how it starts, and the two things kept true of its decoder.
#pragma once

#include <array>
#include <cstdint>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "core/start.h"

namespace saelaw {

// The five tensors of a JumpReLU SAE, all of one dtype and on one device; contiguous, but for
// w_enc, which may be stored by latent.
struct SaeParameters {
  at::Tensor w_enc;      // [d_in, d_sae]
  at::Tensor b_enc;      // [d_sae]
  at::Tensor w_dec;      // [d_sae, d_in], rows of unit norm
  at::Tensor b_dec;      // [d_in]
  at::Tensor threshold;  // [d_sae]: the threshold itself (raw), or its logarithm (log)

  std::int64_t d_in() const { return w_enc.size(0); }
  std::int64_t d_sae() const { return w_enc.size(1); }
};

// The loss's derivative by each of them; same shapes.
using SaeGradients = SaeParameters;

inline constexpr std::array<const char*, 5> kSaeTensorNames = {
    "w_enc", "b_enc", "w_dec", "b_dec", "threshold"};
// The tensors in the order of kSaeTensorNames.
std::array<at::Tensor, 5> TensorsOf(const SaeParameters& parameters);

// The same numbers with those of a latent side by side: a transposed view of [d_sae, d_in]. Copies
// where they are not.
at::Tensor StoredByLatent(const at::Tensor& w_enc);

// Decoder rows of independent Gaussians, normalised; w_enc their transpose; biases 0; every
// threshold at spec.threshold_init (Gemma Scope, arXiv 2408.05147, section 3.2). `start` scales
// w_enc and places b_dec; without a pre-encoder bias b_enc then makes up for it, so that the first
// pre-activations are those of x - b_dec either way. Drawn in fp32 on the CPU from `seed` alone,
// then moved, so that every device starts from the same numbers.
SaeParameters Initialise(std::int64_t d_in,
                         const SaeSpec& spec,
                         std::uint64_t seed,
                         at::ScalarType dtype,
                         at::Device device,
                         const SaeStart& start = {});

// The threshold θ itself, [d_sae], whatever the parametrisation. May alias the parameter.
at::Tensor ThresholdOf(const SaeParameters& parameters, ThresholdParametrisation parametrisation);

// Takes out of each row of `gradient` its component along that (unit) row of w_dec, in place.
void ProjectOutDecoderRows(const at::Tensor& w_dec, at::Tensor& gradient);
// Brings each row of w_dec back to unit norm, in place.
void NormaliseDecoderRows(at::Tensor& w_dec);

}  // namespace saelaw
