// `saelaw init` prints what a user begins with: an example or the schema. The texts come from
// sweep/, the room that reads such files; this command only chooses between them.
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/messages.h"
#include "sweep/sweep.h"

namespace saelaw {
namespace {

class InitCommand : public Command {
 public:
  std::string name() const override { return "init"; }
  std::string summary() const override { return "Print a commented sweep to start from"; }
  std::string examples() const override {
    return "  saelaw init > sweep.yaml                      # activations of a language model\n"
           "  saelaw init --kind synthetic > sweep.yaml     # a known dictionary, to try saelaw "
           "out\n"
           "  saelaw init --schema > sweep.schema.json      # for the completion of editors\n";
  }
  std::vector<OptionSpec> options() override {
    return {{"--kind", "model or synthetic (default: model)", &kind_, false, "KIND"},
            {"--schema", "Print the JSON Schema of sweep files instead", &schema_}};
  }
  ExitCode Run() override {
    if (kind_ != "model" && kind_ != "synthetic") {
      throw UsageError(fmt::format("--kind is model or synthetic, not '{}'", kind_));
    }
    Print("{}", schema_ ? SweepJsonSchema() : ExampleSweep(kind_));
    return ExitCode::kComplete;
  }

 private:
  std::string kind_ = "model";
  bool schema_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeInitCommand() { return std::make_unique<InitCommand>(); }

}  // namespace saelaw
