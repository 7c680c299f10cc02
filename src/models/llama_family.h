// Llama 2 and 3, and what shares their blocks: RMS norms, rotary embedding, grouped queries, a
// gated MLP with SiLU, no biases.
#pragma once

#include "models/model_family.h"

namespace saelaw {

extern const ModelFamily kLlamaFamily;

}  // namespace saelaw
