// `saelaw plan` says what a sweep would run and what that costs. It must also work on a machine
// that could not run the sweep, so a missing database is no error, and a missing device is told of
// only after the price is printed.
#include <filesystem>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "app/cli/terminal_watcher.h"
#include "orchestrate/gate.h"
#include "orchestrate/knowledge/earlier_runs.h"
#include "orchestrate/price_plan.h"
#include "report/documents.h"
#include "report/json.h"

namespace saelaw {
namespace {

class PlanCommand : public Command {
 public:
  std::string name() const override { return "plan"; }
  std::string summary() const override {
    return "Price the runs of a sweep and its target, training nothing";
  }
  std::string examples() const override {
    return "  saelaw plan sweep.yaml\n"
           "  saelaw plan experiments/llama-3.2-1b.yaml --json\n";
  }
  std::vector<OptionSpec> options() override {
    return {SweepArgument(&sweep_), DatabaseOption(&database_), JsonOption(&json_)};
  }
  ExitCode Run() override {
    Store::CheckName(database_);
    const LoadedSweep loaded = LoadSweep(sweep_, Overrides("", 0, 0));
    Arms arms = loaded.arms;
    const std::optional<Store> store = OpenIfThere();
    // Known runs are found by their data, whose text must be counted for that. This may take a
    // while, so it is asked for only where there are finished runs to find.
    const bool match = store && HasFinishedRuns(*store, arms);
    TerminalWatcher watcher;
    Cache cache(watcher);
    const Passed passed =
        PassGate(&arms, {GateFor::kPlan, loaded.shape_told, match}, cache, watcher);
    const PlanReport report = PricePlan(arms, store ? &*store : nullptr);
    Print("{}", json_ ? PlanJson(report) : OnTerminal(PlanDocument(report)));
    // The price holds on any machine, the refusal on this one.
    if (!passed.device.empty()) throw ConfigurationError(passed.device);
    return passed.code;
  }

 private:
  // Without a database nothing is known yet, and every run has its price.
  std::optional<Store> OpenIfThere() const {
    if (!std::filesystem::exists(database_)) return std::nullopt;
    return Store::OpenForReading(database_, ShortWatch(database_));
  }

  std::string sweep_;
  std::string database_ = "results.db";
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakePlanCommand() { return std::make_unique<PlanCommand>(); }

}  // namespace saelaw
