#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "run/quantities.h"

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
    const auto overrides = Overrides("", 0, 0);
    Sweep sweep = LoadSweep(sweep_, overrides);
    const DataCount data = IdentifyData(&sweep.source, DataNeed::kCount);
    if (!data.present) Say("warning: {}\n", data.missing);
    if (const std::string warning = CheckTokens(sweep, data); !warning.empty()) {
      Say("warning: {}\n", warning);
    }
    for (const std::string& note : data.notes) fmt::print(stderr, "{}\n", note);
    if (effective_) PrintEffective(overrides);
    if (data.training_tokens >= 0) {
      Say("{} usable training tokens\n", data.training_tokens);
    }
    Say("{} is valid\n", sweep_);
    return ExitCode::kComplete;
  }

 private:
  void PrintEffective(const std::map<std::string, std::string>& overrides) const {
    const ReadSweepResult read = ReadSweep(sweep_, overrides);
    for (const auto& [key, value] : read.effective) {
      Print("{:<44} {:<28} {}\n", key, value.value, value.origin);
    }
  }

  std::string sweep_;
  bool effective_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeValidateCommand() { return std::make_unique<ValidateCommand>(); }

}  // namespace saelaw
