// The words that trackers use for the end of a run, each with what it means for a law. A word that
// is not here is refused and not guessed, since a failed run taken for a finished one would bend
// the law.
#include "fit/points/run_status.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fit/points/csv_number.h"
#include "fit/points/csv_text.h"

namespace saelaw {
namespace {

struct Word {
  std::string_view word;
  RunStatus status;
};

constexpr RunStatus kFinished = RunStatus::kFinished;
constexpr RunStatus kDiverged = RunStatus::kDiverged;
constexpr RunStatus kTrouble = RunStatus::kTrouble;
constexpr RunStatus kUnfinished = RunStatus::kUnfinished;

constexpr std::array kWords = {
    Word{"done", kFinished},
    Word{"completed", kFinished},   // saelaw, Slurm
    Word{"complete", kFinished},    // Optuna
    Word{"finished", kFinished},    // W&B, MLflow
    Word{"terminated", kFinished},  // Ray Tune
    Word{"success", kFinished},
    Word{"succeeded", kFinished},
    Word{"successful", kFinished},
    Word{"ok", kFinished},
    Word{"diverged", kDiverged},
    Word{"divergence", kDiverged},
    Word{"unstable", kDiverged},
    Word{"exploded", kDiverged},
    Word{"nan", kDiverged},
    Word{"inf", kDiverged},
    Word{"non_finite", kDiverged},
    Word{"nonfinite", kDiverged},
    Word{"collapsed", RunStatus::kCollapsed},
    Word{"worse_than_mean", RunStatus::kCollapsed},  // saelaw
    Word{"crashed", kTrouble},                       // W&B
    Word{"crash", kTrouble},
    Word{"failed", kTrouble},  // W&B, Slurm, MLflow
    Word{"fail", kTrouble},    // Optuna
    Word{"failure", kTrouble},
    Word{"error", kTrouble},  // Ray Tune
    Word{"errored", kTrouble},
    Word{"killed", kTrouble},     // W&B, MLflow
    Word{"node_fail", kTrouble},  // Slurm, as what follows
    Word{"boot_fail", kTrouble},
    Word{"launch_failed", kTrouble},
    Word{"reconfig_fail", kTrouble},
    Word{"timeout", kTrouble},
    Word{"deadline", kTrouble},
    Word{"cancelled", kTrouble},
    Word{"out_of_memory", kTrouble},
    Word{"preempted", kTrouble},
    Word{"revoked", kTrouble},
    Word{"stopped", kUnfinished},  // saelaw
    Word{"timed_out", kTrouble},
    Word{"canceled", kTrouble},
    Word{"oom", kTrouble},
    Word{"evicted", kTrouble},
    Word{"aborted", kTrouble},
    Word{"interrupted", kTrouble},
    Word{"running", kUnfinished},  // W&B, Optuna, Ray Tune, Slurm, MLflow
    Word{"pruned", kUnfinished},   // Optuna
    Word{"waiting", kUnfinished},
    Word{"pending", kUnfinished},  // Ray Tune, Slurm
    Word{"paused", kUnfinished},
    Word{"preempting", kUnfinished},  // W&B
    Word{"scheduled", kUnfinished},   // MLflow
    Word{"queued", kUnfinished},
    Word{"suspended", kUnfinished},  // Slurm
    Word{"requeued", kUnfinished},
    Word{"resizing", kUnfinished},
    Word{"configuring", kUnfinished},
    Word{"completing", kUnfinished},
    Word{"stopping", kUnfinished},
    Word{"created", kUnfinished},
    Word{"in_progress", kUnfinished},
    Word{"unfinished", kUnfinished},
    Word{"incomplete", kUnfinished}};

// Trackers write the same word in many ways, which are brought to one form here.
std::string Normal(std::string_view text) {
  std::string word = LowerCase(Stripped(text));
  std::replace_if(
      word.begin(), word.end(), [](char c) { return c == '-' || c == ' ' || c == '_'; }, '_');
  constexpr std::string_view kOptuna = "trialstate.";  // how Python prints it
  if (word.starts_with(kOptuna)) word.erase(0, kOptuna.size());
  constexpr std::string_view kBy = "_by_";  // "CANCELLED by 1000"
  if (const std::size_t by = word.find(kBy); by != std::string::npos) word.resize(by);
  return word;
}

// Reads what sacct's narrow column cut off, such as "OUT_OF_ME+". A start that fits words of
// different meaning stays unknown.
RunStatus StatusOfStart(std::string_view start) {
  constexpr std::size_t kShortest = 4;
  if (start.size() < kShortest) return RunStatus::kUnknown;
  RunStatus found = RunStatus::kUnknown;
  for (const Word& word : kWords) {
    if (!word.word.starts_with(start)) continue;
    if (found != RunStatus::kUnknown && found != word.status) return RunStatus::kUnknown;
    found = word.status;
  }
  return found;
}

std::string JoinWords(RunStatus status) {
  std::vector<std::string_view> words;
  for (const Word& word : kWords) {
    if (word.status == status) words.push_back(word.word);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

RunStatus ReadRunStatus(std::string_view text) {
  if (MeansMissing(text)) return RunStatus::kFinished;
  const std::string word = Normal(text);
  for (const Word& known : kWords) {
    if (known.word == word) return known.status;
  }
  if (word.ends_with('+')) return StatusOfStart(std::string_view(word).substr(0, word.size() - 1));
  return RunStatus::kUnknown;
}

std::string_view WhyDropped(RunStatus status) {
  if (status == RunStatus::kTrouble) return "machine trouble, not instability";
  return status == RunStatus::kUnfinished ? "not finished" : "";
}

std::string KnownStatusWords() {
  return fmt::format("finished: {}; unstable: {}, {}; machine trouble: {}; not finished: {}",
                     JoinWords(RunStatus::kFinished),
                     JoinWords(RunStatus::kDiverged),
                     JoinWords(RunStatus::kCollapsed),
                     JoinWords(RunStatus::kTrouble),
                     JoinWords(RunStatus::kUnfinished));
}

}  // namespace saelaw
