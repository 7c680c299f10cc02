// What a language model's forward pass costs, told from its shape.
#pragma once

#include "core/run_spec.h"
#include "models/model_shape.h"

namespace saelaw {

// The rule of thumb for a middle layer: half of a forward pass, N_l a token.
double HalfForwardFlops(const ModelShape& model, double tokens);
// The weight products up to the source's hook, 2 FLOP a weight and token: no embedding, no
// attention scores (3 % more at a context of 1,024 in Llama-3.2-1B), no norms.
double ForwardFlops(const ModelShape& model, const ModelSource& source, double tokens);

// Bytes of the whole model's weights and of what lives beside them during a pass.
double LanguageModelBytes(const ModelSource& source, const ModelShape& model, bool on_gpu);

}  // namespace saelaw
