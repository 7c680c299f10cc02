// The words by which trackers and schedulers say how a run ended: W&B, Optuna, Ray Tune, Slurm,
// MLflow and saelaw's own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saelaw {

enum class RunStatus : std::uint8_t {
  kFinished,    // its loss is a point; a loss that is not finite is a divergence
  kDiverged,    // unstable
  kCollapsed,   // trained to nothing, unstable too
  kTrouble,     // ended by the machine, the scheduler or the code: says nothing of stability
  kUnfinished,  // runs, waits, or was stopped before its end
  kUnknown
};

// Letters may be of either case; "-", "_" and blanks are one. An empty word is a finished run's.
// Slurm's "CANCELLED by 1000" and sacct's words cut off by "+" are known.
RunStatus ReadRunStatus(std::string_view word);

// Why such a run is dropped: "machine trouble, not instability"; empty for the other kinds.
std::string_view WhyDropped(RunStatus status);

// All words that are known, by what they mean, on one line.
std::string KnownStatusWords();

}  // namespace saelaw
