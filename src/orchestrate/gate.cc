// The trainer and its places come first, then headers and text, then the budget, and last the
// device, for which a process has to be started. What a command may do without becomes a warning;
// the rest throws.
#include "orchestrate/gate.h"

#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "orchestrate/data/check_source.h"
#include "orchestrate/data/check_tokens.h"
#include "orchestrate/machine/check_device.h"
#include "orchestrate/machine/places.h"
#include "study/rounds/foreseen.h"

namespace saelaw {
namespace {

const std::vector<std::string> kNone;

// What of the data is not on this machine, and `plan` can do without it. Missing text is only
// excused where the sweep itself tells the shape.
std::vector<std::string> Absent(const SourceSpec& source, bool told) {
  std::vector<std::string> absent = AbsentWeights(source);
  if (!told) return absent;
  for (std::string& message : AbsentText(source)) absent.push_back(std::move(message));
  return absent;
}

DataNeed FindNeed(const Entrant& entrant) {
  if (entrant.command == GateFor::kRun) return DataNeed::kIdentity;
  if (entrant.command == GateFor::kValidate) return DataNeed::kCount;
  return entrant.match ? DataNeed::kMatch : DataNeed::kPrice;
}

// Both are called for what they throw; `plan` may run on a machine without a trainer.
void CheckTrainer(const Sweep& sweep, GateFor command) {
  ListPlaces(sweep.execution);
  if (command != GateFor::kPlan) TrainerPath();
}

// A plan for another machine counts as much of the data as is here.
DataCount CountWhatIsHere(Sweep* sweep, Cache& cache) {
  if (!AbsentText(sweep->source).empty()) return {};
  if (sweep->source.kind == SourceKind::kShards) return {};
  return IdentifyData(&sweep->source, DataNeed::kPrice, cache);
}

DataCount CheckData(Sweep* sweep, const Entrant& entrant, Cache& cache, Watcher& watcher) {
  if (entrant.command == GateFor::kPlan) {
    const std::vector<std::string> absent = Absent(sweep->source, entrant.shape_told);
    // The reading of the sweep has warned already of whole paths that are missing.
    std::error_code unreadable;
    const bool folder = std::filesystem::exists(sweep->source.model.model, unreadable);
    for (const std::string& message : folder ? AbsentWeights(sweep->source) : kNone) {
      watcher.Warn(fmt::format("{}; `saelaw run` needs it", message));
    }
    if (!absent.empty()) return CountWhatIsHere(sweep, cache);
  }
  CheckSource(sweep->source);
  return IdentifyData(&sweep->source, FindNeed(entrant), cache);
}

// A budget may be known to be too small already for what can be foreseen; the code is the one with
// which `run` would end.
ExitCode CheckBudget(const Arms& arms, Watcher& watcher) {
  int cut = 0;
  std::size_t foreseen = 0;
  for (const Arm& arm : arms.list) {
    cut += ForeseenCut(arm.sweep);
    foreseen += ForeseenRuns(arm.sweep).size();
  }
  if (cut == 0) return ExitCode::kComplete;
  watcher.Warn(fmt::format(
      "the budget leaves out {} of the {} runs that can be foreseen: `saelaw run` ends unfinished, "
      "with {}; raise {} or ask for fewer runs",
      cut,
      foreseen,
      static_cast<int>(ExitCode::kIncomplete),
      arms.first().budget.runs ? "budget.runs" : "budget.flops"));
  return ExitCode::kIncomplete;
}

}  // namespace

Passed PassGate(Arms* arms, const Entrant& entrant, Cache& cache, Watcher& watcher) {
  Passed passed;
  Sweep* sweep = &arms->list.front().sweep;
  CheckTrainer(*sweep, entrant.command);
  passed.data = CheckData(sweep, entrant, cache, watcher);
  for (Arm& arm : arms->list) arm.sweep.source = sweep->source;
  for (const std::string& note : passed.data.notes) watcher.Note(note);
  if (const std::string warning = CheckTokens(*sweep, passed.data); !warning.empty()) {
    watcher.Warn(warning);
  }
  passed.code = CheckBudget(*arms, watcher);
  if (entrant.command == GateFor::kRun) return passed;  // its first job finds out about the device
  passed.device = MissingDevice(sweep->execution);
  if (passed.device.empty()) return passed;
  if (entrant.command == GateFor::kValidate) throw ConfigurationError(passed.device);
  if (entrant.shape_told) {
    watcher.Warn(fmt::format("{}; `saelaw run` needs it", passed.device));
    passed.device = "";
  }
  return passed;
}

}  // namespace saelaw
