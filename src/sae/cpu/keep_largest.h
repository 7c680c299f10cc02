// Of a batch's entries, those with the largest pre-activations: what BatchTopK keeps.
#pragma once

#include <cstddef>
#include <vector>

#include "sae/cpu/entries.h"

namespace saelaw {

// Entries in all blocks.
std::size_t CountEntries(const Entries& entries);

// The count-th largest pre-activation; minus infinity where there are fewer. NaN counts as larger
// than any number. `values` is scratch.
float LargestValue(std::size_t count, const Entries& entries, std::vector<float>& values);

// Removes all but the `count` largest, and of equal ones all but those of the first token, and of
// its first latent; a NaN always stays. Returns the smallest number that is left, infinity where
// there is none. The blocks are as the screen fills them, before IndexByToken.
float KeepLargest(std::size_t count,
                  const Parallel& parallel,
                  Entries& entries,
                  std::vector<float>& values);

}  // namespace saelaw
