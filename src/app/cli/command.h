// What a command is to the command line: a description from which --help, parsing, completion and
// the manual page all come, and one function that runs it.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/errors.h"

namespace saelaw {

// One option or positional argument, bound to the field that receives its value.
struct OptionSpec {
  std::string names;  // "-n,--dry-run", or "sweep" for a positional argument
  std::string help;
  std::variant<bool*, std::string*, int*, double*, std::vector<std::string>*> value;
  bool required = false;
  std::string value_name = "";  // how --help calls the value; empty: by its type
};

class Command {
 public:
  virtual ~Command() = default;
  virtual std::string name() const = 0;
  virtual std::string summary() const = 0;   // one line
  virtual std::string examples() const = 0;  // what --help leads with
  virtual std::vector<OptionSpec> options() = 0;
  // Throws Error; the code that it returns is the process's exit code.
  virtual ExitCode Run() = 0;
};

// Every command, in the order of --help. The only place that lists them.
std::vector<std::unique_ptr<Command>> MakeCommands();

std::unique_ptr<Command> MakeInitCommand();
std::unique_ptr<Command> MakeValidateCommand();
std::unique_ptr<Command> MakePlanCommand();
std::unique_ptr<Command> MakeRunCommand();
std::unique_ptr<Command> MakeStatusCommand();
std::unique_ptr<Command> MakeStopCommand();
std::unique_ptr<Command> MakeFitCommand();
std::unique_ptr<Command> MakeLawsCommand();
std::unique_ptr<Command> MakeCompareCommand();
std::unique_ptr<Command> MakeRecommendCommand();
std::unique_ptr<Command> MakeReportCommand();
std::unique_ptr<Command> MakeTrainCommand();
std::unique_ptr<Command> MakeCaptureCommand();

// Options that several commands share.
OptionSpec JsonOption(bool* json);
OptionSpec DatabaseOption(std::string* path);
OptionSpec SweepArgument(std::string* path);
OptionSpec ArmOption(std::string* arm);

}  // namespace saelaw
