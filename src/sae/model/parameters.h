// The tensors of a sparse autoencoder, and the two things kept true of its decoder.
#pragma once

#include <array>
#include <cstdint>

#include <ATen/core/Tensor.h>

namespace saelaw {

// Which of them an SAE has, its architecture says (architecture.h); the others are undefined. All
// are of one dtype and on one device; contiguous, but for w_enc, which may be stored by latent.
struct SaeParameters {
  at::Tensor w_enc;                   // [d_in, d_sae]
  at::Tensor b_enc;                   // [d_sae]
  at::Tensor w_dec;                   // [d_sae, d_in], rows of unit norm
  at::Tensor b_dec;                   // [d_in]
  at::Tensor threshold;               // [d_sae]: the threshold itself (raw), or its logarithm (log)
  at::Tensor running_threshold = {};  // [2]: of BatchTopK, as top_k.h says

  std::int64_t d_in() const { return w_enc.size(0); }
  std::int64_t d_sae() const { return w_enc.size(1); }
};

// The loss's derivative by each of them; same shapes.
using SaeGradients = SaeParameters;

// Every tensor that SaeParameters has, whatever the architecture.
inline constexpr std::array kSaeFields = {&SaeParameters::w_enc,
                                          &SaeParameters::b_enc,
                                          &SaeParameters::w_dec,
                                          &SaeParameters::b_dec,
                                          &SaeParameters::threshold,
                                          &SaeParameters::running_threshold};
// Those of them that no gradient moves: Adam keeps nothing of them (Architecture::TakeIn).
inline constexpr std::array kUntrainedFields = {&SaeParameters::running_threshold};

// Another set of the same tensors, each made by make(tensor); what is undefined stays so.
template <typename Make>
SaeParameters Mapped(const SaeParameters& from, Make make) {
  SaeParameters made;
  for (const auto field : kSaeFields) {
    if ((from.*field).defined()) made.*field = make(from.*field);
  }
  return made;
}

// The same numbers with those of a latent side by side: a transposed view of [d_sae, d_in]. Copies
// where they are not.
at::Tensor StoredByLatent(const at::Tensor& w_enc);

// Takes out of each row of `gradient` its component along that (unit) row of w_dec, in place.
void ProjectOutDecoderRows(const at::Tensor& w_dec, at::Tensor& gradient);
// Brings each row of w_dec back to unit norm, in place.
void NormaliseDecoderRows(at::Tensor& w_dec);

}  // namespace saelaw
