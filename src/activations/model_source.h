// The hidden states of a language model over text as a source, computed while the stream is read.
#pragma once

#include <memory>

#include "activations/source.h"

namespace saelaw {

// A stream permutes the training contexts by its stream_seed and takes them in blocks of as many
// contexts as hold MixingTokens used vectors. A block is run through the model, the positions that
// are never used dropped (Corpus::UsablePositions), and all its vectors shuffled by (stream_seed,
// block). How many each context has is known from its ids, so that to seek is arithmetic and the
// recomputing of one block. The held-out contexts are run in their own fixed order.
// A block is computed in parts of a few contexts when its first vector is needed; between the
// parts, and the blocks of the model, a stop is answered. On the CPU it is not computed ahead of
// need: it takes all cores as training does, so that a thread of its own would only divide them, at
// the price of a second block in memory. (31 batches of 2,048 tokens in alternation, with training
// of 1 SAE: 34, 45, 39 s in turns, 33, 40, 41 s concurrently, on 2 cores that others used as well.)
// On a GPU, where the trainer's own thread only queues, one block is computed ahead by a thread and
// a CUDA stream of their own, and its vectors never leave the GPU. Opening tokenises the text and
// loads layer + 1 blocks of the model. Throws ConfigurationError (a hook or layer that does not
// exist, a context that is too long or too short, too little text) or IoError (missing or damaged
// files; vectors that are not finite, with their document).
std::unique_ptr<ActivationSource> OpenModel(const SourceSpec& spec, const SourceOptions& options);

}  // namespace saelaw
