// The identity of the data behind a source: what its content is, whatever it is called.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run_spec.h"
#include "orchestrate/machine/cache.h"

namespace saelaw {

// How much of a language model's data a command looks at.
enum class DataNeed {
  kPrice,     // neither weights nor text are opened: what is remembered of unchanged files
  kMatch,     // the same, but a text that takes seconds is tokenised: known runs are to be found
  kCount,     // text is tokenised, where that was not done before; weights are not read
  kIdentity,  // weights are hashed too, where that was not done before
};

// What the data behind a source turned out to be.
struct DataCount {
  std::int64_t training_tokens = -1;  // usable; -1: endless or not known
  bool estimated = false;             // from the size of the text's files
  std::vector<std::string> notes;     // what was read of the text, skipped and replaced in it
};

// Counts tokens and, where it is known or asked for, sets `source.identity` (hash of weights and
// token ids, of the manifest, or of nothing for a synthetic source). Throws Error for data that is
// missing or cannot be used.
DataCount IdentifyData(SourceSpec* source, DataNeed need, Cache& cache);

}  // namespace saelaw
