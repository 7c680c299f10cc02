#include "app/cli/gate.h"

#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "app/cli/check_device.h"
#include "app/cli/check_source.h"
#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "study/rounds/next_round.h"

namespace saelaw {
namespace {

const std::vector<std::string> kNone;

// What of the data is not on this machine; `plan` does without.
std::vector<std::string> Absent(const SourceSpec& source, bool told) {
  std::vector<std::string> absent = AbsentWeights(source);
  if (!told) return absent;
  for (std::string& message : AbsentText(source)) absent.push_back(std::move(message));
  return absent;
}

DataNeed NeedOf(GateFor command, bool match) {
  if (command == GateFor::kRun) return DataNeed::kIdentity;
  if (command == GateFor::kValidate) return DataNeed::kCount;
  return match ? DataNeed::kMatch : DataNeed::kPrice;
}

void CheckTrainer(const Sweep& sweep, GateFor command) {
  PlacesOf(sweep.execution);
  if (command != GateFor::kPlan) TrainerPath();
}

// The data of a plan for another machine: as much as is here.
DataCount CountWhatIsHere(Sweep* sweep) {
  if (!AbsentText(sweep->source).empty()) return {};
  if (sweep->source.kind == SourceKind::kShards) return {};
  return IdentifyData(&sweep->source, DataNeed::kPrice);
}

DataCount CheckData(const LoadedSweep& loaded, Sweep* sweep, GateFor command, bool match) {
  if (command == GateFor::kPlan) {
    const std::vector<std::string> absent = Absent(sweep->source, loaded.shape_told);
    // Of whole paths that are missing the reading of the sweep has warned.
    std::error_code unreadable;
    const bool folder = std::filesystem::exists(sweep->source.model.model, unreadable);
    for (const std::string& message : folder ? AbsentWeights(sweep->source) : kNone) {
      Say("warning: {}; `saelaw run` needs it\n", message);
    }
    if (!absent.empty()) return CountWhatIsHere(sweep);
  }
  CheckSource(sweep->source);
  return IdentifyData(&sweep->source, NeedOf(command, match));
}

// A budget that is known to be too small for what can be foreseen.
ExitCode CheckBudget(const Sweep& sweep) {
  const int cut = ForeseenCut(sweep);
  if (cut == 0) return ExitCode::kComplete;
  Say("warning: the budget leaves out {} of the {} runs that can be foreseen: `saelaw run` ends "
      "unfinished, with {}; raise {} or ask for fewer runs\n",
      cut,
      ForeseenRuns(sweep).size(),
      static_cast<int>(ExitCode::kIncomplete),
      sweep.budget.runs ? "budget.runs" : "budget.flops");
  return ExitCode::kIncomplete;
}

}  // namespace

Passed PassGate(const LoadedSweep& loaded, Sweep* sweep, GateFor command, bool match) {
  Passed passed;
  CheckTrainer(*sweep, command);
  passed.data = CheckData(loaded, sweep, command, match);
  for (const std::string& note : passed.data.notes) Say("{}\n", note);
  if (const std::string warning = CheckTokens(*sweep, passed.data); !warning.empty()) {
    Say("warning: {}\n", warning);
  }
  passed.code = CheckBudget(*sweep);
  if (command == GateFor::kRun) return passed;  // its first job finds out about the device
  passed.device = MissingDevice(sweep->execution);
  if (passed.device.empty()) return passed;
  if (command == GateFor::kValidate) throw ConfigurationError(passed.device);
  if (loaded.shape_told) {
    Say("warning: {}; `saelaw run` needs it\n", passed.device);
    passed.device = "";
  }
  return passed;
}

}  // namespace saelaw
