// The hidden states of a language model over text as a source, computed while the stream is read.
#pragma once

#include <memory>

#include "activations/source.h"

namespace saelaw {

// A stream permutes the training contexts by its stream_seed and takes them in blocks of as many
// whole contexts as hold 32,768 usable tokens (at least one context). A block is run through the
// model, the first token of each context dropped, and all its vectors shuffled by (stream_seed,
// block). Every context has equally many usable tokens, so that to seek is arithmetic and the
// recomputing of one block. The held-out contexts are run in their own fixed order.
// Opening tokenises the text and loads layer + 1 blocks of the model. Throws ConfigurationError (a
// hook or layer that does not exist, a context that is too long or too short, too little text) or
// IoError (missing or damaged files; vectors that are not finite, with their document).
std::unique_ptr<ActivationSource> OpenModel(const SourceSpec& spec, const SourceOptions& options);

}  // namespace saelaw
