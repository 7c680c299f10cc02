// The list of commands: a new one is a file of its own and a line here. The options that several
// commands share are here, so that they have the same words everywhere.
#include "app/cli/command.h"

namespace saelaw {

std::vector<std::unique_ptr<Command>> MakeCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeInitCommand());
  commands.push_back(MakeValidateCommand());
  commands.push_back(MakePlanCommand());
  commands.push_back(MakeRunCommand());
  commands.push_back(MakeStatusCommand());
  commands.push_back(MakeStopCommand());
  commands.push_back(MakeFitCommand());
  commands.push_back(MakeLawsCommand());
  commands.push_back(MakeCompareCommand());
  commands.push_back(MakeRecommendCommand());
  commands.push_back(MakeReportCommand());
  commands.push_back(MakeTrainCommand());
  commands.push_back(MakeCaptureCommand());
  return commands;
}

OptionSpec JsonOption(bool* json) {
  return {"--json", "Print one JSON object on stdout (versioned; see docs/json.md)", json};
}

OptionSpec DatabaseOption(std::string* path) {
  return {"--db", "The database (default: results.db)", path, false, "FILE"};
}

OptionSpec ArmOption(std::string* arm) {
  return {"--arm",
          "One arm alone of a study that compares (default: what they say together)",
          arm,
          false,
          "LABEL"};
}

OptionSpec SweepArgument(std::string* path) {
  return {"sweep", "The sweep's YAML file", path, true, "SWEEP"};
}

}  // namespace saelaw
