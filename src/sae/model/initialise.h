// How an SAE starts.
#pragma once

#include <cstdint>

#include "core/run_spec.h"
#include "core/start.h"
#include "sae/model/parameters.h"

namespace saelaw {

// Decoder rows of independent Gaussians, normalised; w_enc their transpose; biases 0 (Gemma Scope,
// arXiv 2408.05147, section 3.2); what else there is as its architecture says. `start` scales w_enc
// and places b_dec; without a pre-encoder bias b_enc then makes up for it, so that the first
// pre-activations are those of x - b_dec either way. Drawn in fp32 on the CPU from `seed` alone,
// then moved, so that every device starts from the same numbers.
SaeParameters Initialise(std::int64_t d_in,
                         const SaeSpec& spec,
                         std::uint64_t seed,
                         at::ScalarType dtype,
                         at::Device device,
                         const SaeStart& start = {});

}  // namespace saelaw
