// Captured activations on disk as a source (written by Capture in source.h).
#pragma once

#include <memory>

#include "activations/source.h"

namespace saelaw {

// The stream of stream_seed 0 is the captured order. Any other seed permutes whole blocks of
// 32,768 vectors and shuffles each inside; a last block that is not full stays last. Files are
// mapped, and checked against their hash when first used; the next block is read ahead.
// Throws IoError (no folder, a damaged manifest) or ConfigurationError (fewer held-out vectors than
// asked). A missing, truncated or changed shard is an IoError of the call that first needs it.
std::unique_ptr<ActivationSource> OpenShards(const SourceSpec& spec, const SourceOptions& options);

}  // namespace saelaw
