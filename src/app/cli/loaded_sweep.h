// A sweep as the commands use it: read, its mistakes told, its data identified.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace saelaw {

// Dotted keys from the flags of a command and from SAELAW_DEVICE, SAELAW_WORKERS, SAELAW_THREADS.
std::map<std::string, std::string> Overrides(const std::string& device, int workers, int threads);

struct LoadedSweep {
  Sweep sweep;
  bool shape_told = false;  // by activations.card or shape: it can be priced on any machine
  std::map<std::string, ReadSweepResult::Effective> effective;
};

// Reads and validates. Prints warnings on stderr; on mistakes prints them all and throws
// ConfigurationError.
LoadedSweep LoadSweep(const std::string& path,
                      const std::map<std::string, std::string>& overrides = {});

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
DataCount IdentifyData(SourceSpec* source, DataNeed need);

// Whether the text suffices for every run and for the target: throws ConfigurationError for a run
// that it is too short for (where the count is an estimate, that is a warning too), and returns a
// warning (or nothing) for the target.
std::string CheckTokens(const Sweep& sweep, const DataCount& data);

}  // namespace saelaw
