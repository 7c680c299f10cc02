// `saelaw status` shows where each run of a sweep stands. It only reads the database, so that it
// works at any time beside a planner, and it needs no sweep file: the database knows the sweeps by
// name.
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "orchestrate/sweep_status.h"
#include "report/documents.h"
#include "report/json.h"
#include "store/store.h"

namespace saelaw {
namespace {

class StatusCommand : public Command {
 public:
  std::string name() const override { return "status"; }
  std::string summary() const override { return "Show where each run of a sweep stands"; }
  std::string examples() const override {
    return "  saelaw status                                 # the sweep saved last\n"
           "  saelaw status --sweep quickstart --json\n";
  }
  std::vector<OptionSpec> options() override {
    return {{"--sweep", "The sweep's name (default: the one saved last)", &sweep_, false, "NAME"},
            DatabaseOption(&database_),
            JsonOption(&json_)};
  }
  ExitCode Run() override {
    const Store store = Store::OpenForReading(database_, ShortWatch(database_));
    const Status status = SweepStatus(store, database_, sweep_);
    Print("{}", json_ ? StatusJson(status) : OnTerminal(StatusDocument(status)));
    return ExitCode::kComplete;
  }

 private:
  std::string sweep_;
  std::string database_ = "results.db";
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeStatusCommand() { return std::make_unique<StatusCommand>(); }

}  // namespace saelaw
