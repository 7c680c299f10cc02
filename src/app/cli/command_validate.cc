// `saelaw validate` checks what `run` checks before its first job, and ends with the code that
// `run` would end with there. Only --effective prints data on stdout; all else is for people, on
// stderr.
#include "app/cli/command.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/terminal_watcher.h"
#include "orchestrate/gate.h"

namespace saelaw {
namespace {

class ValidateCommand : public Command {
 public:
  std::string name() const override { return "validate"; }
  std::string summary() const override {
    return "Check a sweep and count its data, training nothing";
  }
  std::string examples() const override {
    return "  saelaw validate sweep.yaml\n"
           "  saelaw validate sweep.yaml --effective        # every value and where it came from\n";
  }
  std::vector<OptionSpec> options() override {
    return {SweepArgument(&sweep_),
            {"--effective", "Print every value in effect and where it came from", &effective_}};
  }
  ExitCode Run() override {
    const LoadedSweep loaded = LoadSweep(sweep_, Overrides("", 0, 0));
    Arms arms = loaded.arms;
    TerminalWatcher watcher;
    Cache cache(watcher);
    const Passed passed = PassGate(&arms, {GateFor::kValidate, loaded.shape_told}, cache, watcher);
    // These are the values of the file and its overrides, without what the gate has found out.
    if (effective_) PrintEffective(loaded);
    // A negative count means that there is no number to tell.
    if (passed.data.training_tokens >= 0) {
      Say("{} usable training tokens\n", passed.data.training_tokens);
    }
    Say("{} is valid\n", sweep_);
    return passed.code;
  }

 private:
  static void PrintEffective(const LoadedSweep& loaded) {
    for (const auto& [key, value] : loaded.effective) {
      Print("{:<44} {:<28} {}\n", key, value.value, value.origin);
    }
  }

  std::string sweep_;
  bool effective_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeValidateCommand() { return std::make_unique<ValidateCommand>(); }

}  // namespace saelaw
