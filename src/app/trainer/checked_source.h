// A source that is known to be the one its job was planned on.
#pragma once

#include <memory>

#include "activations/source.h"

namespace saelaw {

// As OpenSource. Throws ConfigurationError besides, with what changed, when the data is not what
// the source's identity says: at once, and later when more of the weights is loaded.
std::unique_ptr<ActivationSource> OpenChecked(const SourceSpec& spec, const SourceOptions& options);

}  // namespace saelaw
