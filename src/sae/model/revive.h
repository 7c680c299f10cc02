// Resampling: dead latents begin anew at inputs that the others reconstruct badly (Bricken et al.
// 2023, "Towards Monosemanticity", appendix on neuron resampling). For any architecture and
// device; sums are formed in an order that no number of threads changes.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "sae/model/stepper.h"

namespace saelaw {

// `count` different tokens, or as many as have an error, by the squares of `errors`, which are
// ‖recons - x‖² of each: a token is drawn in proportion to its share of what is left. None where an
// error is not finite.
std::vector<std::int64_t> DrawTokens(const std::vector<double>& errors,
                                     std::int64_t count,
                                     std::uint64_t seed);

// What a choice of new starts is made from.
struct ReviveBatch {
  at::Tensor x;       // [tokens, d_in] scaled
  at::Tensor recons;  // [tokens, d_in] of the SAE as it is
  at::Tensor dead;    // [d_sae] bool
};

// Gives the first of the dead latents a token each, as many as DrawTokens finds. With d = x - b_dec
// of its token and n the mean norm of the other latents' encoder rows: w_dec = d/‖d‖, w_enc =
// 0.2·n·d/‖d‖ (n·d/‖d‖ where latents compete for being among the largest), b_enc as it starts, and
// a threshold of half of the pre-activation that the token now has, at least half the bandwidth.
// First moments become 0; second moments the mean of the other latents' rather than 0, since with a
// run's bias correction a moment of 0 makes the next step 1/√(1 - β2) times too large, longer than
// a row of the decoder. Returns the revived latents, ascending. The caller makes a new stepper.
at::Tensor ReviveLatents(const SaeSpec& spec,
                         const ReviveBatch& batch,
                         std::uint64_t seed,
                         SaeState& state);

}  // namespace saelaw
