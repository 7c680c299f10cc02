// `saelaw stop` leaves its request in the database and sends no signal: the pid beside the database
// is there for people, and a request that is written down cannot reach the wrong process.
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/messages.h"
#include "store/store.h"

namespace saelaw {
namespace {

class StopCommand : public Command {
 public:
  std::string name() const override { return "stop"; }
  std::string summary() const override {
    return "Ask the running sweep to write checkpoints and end";
  }
  std::string examples() const override { return "  saelaw stop --db night.db\n"; }
  std::vector<OptionSpec> options() override { return {DatabaseOption(&database_)}; }
  ExitCode Run() override {
    // A request that nobody takes now would wait for the next planner.
    if (!Store::FindPlanner(database_)) {
      Say("nothing is running on {}\n", database_);
      return ExitCode::kComplete;
    }
    // This way of opening takes no lock of a planner, which the one that runs holds.
    Store::OpenForRequests(database_, std::chrono::system_clock::now, ShortWatch(database_))
        .AddRequest(RequestKind::kStop, "");
    Say("asked; the run ends after its checkpoints\n");
    return ExitCode::kComplete;
  }

 private:
  std::string database_ = "results.db";
};

}  // namespace

std::unique_ptr<Command> MakeStopCommand() { return std::make_unique<StopCommand>(); }

}  // namespace saelaw
