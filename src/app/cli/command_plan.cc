#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/knowledge_base.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "plan/family.h"
#include "plan/planner.h"
#include "report/json.h"
#include "report/terminal.h"

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
    Sweep sweep = LoadSweep(sweep_, Overrides("", 0, 0));
    const DataCount data = IdentifyData(&sweep.source, DataNeed::kPrice);
    if (!data.present) Say("warning: {}\n", data.missing);
    if (const std::string warning = CheckTokens(sweep, data); !warning.empty()) {
      Say("warning: {}\n", warning);
    }
    const PlanReport report = Price(sweep);
    Print("{}", json_ ? PlanJson(report) : PlanText(report, ::isatty(STDOUT_FILENO) == 1));
    return ExitCode::kComplete;
  }

 private:
  PlanReport Price(const Sweep& sweep) const {
    Knowledge knowledge;
    if (std::filesystem::exists(database_)) {
      knowledge = KnowledgeIn(Store::OpenForReading(database_, ShortWatch(database_)), sweep);
    }
    PlanReport report;
    report.sweep = sweep.name;
    report.demonstration = sweep.demonstration;
    report.known_runs = static_cast<int>(Family(sweep, knowledge).members().size());
    report.plan = NextRound(sweep, knowledge);
    AddForeseen(sweep, knowledge, &report.plan);
    const Shared shared = ShareCosts(&report.plan.runs);
    if (shared.streams) {
      report.plan.notes.push_back(
          "runs of one stream train together and compute it once: time and FLOP of a run are its "
          "share");
    }
    if (sweep.source.identity.empty() && std::filesystem::exists(database_)) {
      report.plan.notes.push_back(
          "plan reads no weights, and `saelaw run` has not hashed these yet: runs that are known "
          "already are listed as to do");
    }
    if (sweep.source.d_in == 0) {
      report.plan.notes.push_back("the width of the vectors is not known: nothing can be priced");
    }
    report.expected_interval = ExpectInterval(sweep, knowledge);
    const Measurement measured = knowledge.measurement.value_or(Measurement{});
    report.wall_seconds =
        WallSeconds(report.plan.runs,
                    sweep.execution,
                    GangBytes(sweep.execution, measured, sweep.model_shape, RefusedIn(database_)));
    if (shared.trunks) {
      report.plan.notes.push_back(
          "runs that differ in tokens alone train one trunk and branch off for their cooldowns: "
          "time and FLOP of a run are its share");
    }
    report.target =
        PriceTarget(sweep, static_cast<double>(sweep.target.tokens), TargetDevice(sweep.target));
    report.target_d_sae = sweep.target.d_sae;
    report.derivation = sweep.target.derivation;
    return report;
  }

  static std::vector<Job> RefusedIn(const std::string& database) {
    if (!std::filesystem::exists(database)) return {};
    return Store::OpenForReading(database, ShortWatch(database)).JobsOutOfMemory();
  }

  // Runs of later rounds that can be told already.
  static void AddForeseen(const Sweep& sweep, const Knowledge& knowledge, Plan* plan) {
    if (plan->complete) return;
    std::set<RunId> listed;
    for (const PlannedRun& run : plan->runs) listed.insert(run.id);
    for (const KnownRun& run : knowledge.runs) listed.insert(run.result.id);
    for (PlannedRun& run : ForeseenRuns(sweep)) {
      if (listed.insert(run.id).second) plan->runs.push_back(std::move(run));
    }
  }

  std::string sweep_;
  std::string database_ = "results.db";
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakePlanCommand() { return std::make_unique<PlanCommand>(); }

}  // namespace saelaw
