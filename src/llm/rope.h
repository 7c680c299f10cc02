// Frequencies and tables of the rotary position embedding.
#pragma once

#include <ATen/core/Tensor.h>

#include "llm/llama_block.h"
#include "models/model_config.h"

namespace saelaw {

// fp32 [head_dim / 2] on the CPU: theta^(-2i / head_dim), scaled as the configuration says.
at::Tensor InverseFrequencies(const ModelConfig& config);

// For positions 0 .. context-1, on the frequencies' device; angles in fp32, tables in `type`.
RotaryTables MakeRotaryTables(const at::Tensor& inverse_frequencies,
                              std::int64_t context,
                              at::ScalarType type);

}  // namespace saelaw
