// How much a trainer computes or holds at once where its memory depends on it: read by what
// computes it and by what tells the memory beforehand (study/price/memory.cc), which may not
// include one another.
#pragma once

#include <cstdint>

namespace saelaw::portions {

inline constexpr std::int64_t kShardBlockTokens = 32'768;  // 256 MiB at d_in 2048
inline constexpr std::int64_t kSyntheticBlockTokens = 8192;
// Whole contexts of one forward pass on a GPU: enough for the matrix products, few for the memory.
inline constexpr std::int64_t kGpuContexts = 16;
// Sequences run together up to this many tokens: enough rows to keep the matrix products at full
// speed, few enough to bound the memory of a large batch.
inline constexpr std::int64_t kTokensPerPass = 4096;
// Held-out tokens that an SAE is measured on at once.
inline constexpr std::int64_t kMeasuredTokens = 256;

}  // namespace saelaw::portions
