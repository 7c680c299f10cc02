#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/earlier_data.h"
#include "app/cli/gate.h"
#include "app/cli/interrupt.h"
#include "app/cli/knowledge_base.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "core/quantities.h"
#include "report/json.h"
#include "report/terminal.h"
#include "study/design/family.h"
#include "study/price/gangs.h"
#include "study/rounds/next_round.h"

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
    Sweep sweep = loaded.sweep;
    const std::optional<Store> store = OpenIfThere();
    const bool match = store && HasFinishedRuns(*store, sweep);
    const Passed passed = PassGate(loaded, &sweep, GateFor::kPlan, match);
    const PlanReport report = Price(sweep, store ? &*store : nullptr);
    Print("{}", json_ ? PlanJson(report) : PlanText(report, ::isatty(STDOUT_FILENO) == 1));
    // The price holds on any machine, the refusal on this one.
    if (!passed.device.empty()) throw ConfigurationError(passed.device);
    return passed.code;
  }

 private:
  std::optional<Store> OpenIfThere() const {
    if (!std::filesystem::exists(database_)) return std::nullopt;
    return Store::OpenForReading(database_, ShortWatch(database_));
  }

  // `store`: null where there is none.
  static PlanReport Price(const Sweep& sweep, const Store* store) {
    Knowledge knowledge;
    if (store != nullptr) knowledge = KnowledgeIn(*store, sweep);
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
    AddNotesOnIdentity(sweep, store, &report.plan);
    if (sweep.source.d_in == 0) {
      report.plan.notes.push_back("the width of the vectors is not known: nothing can be priced");
    }
    report.expected_interval = ExpectInterval(sweep, knowledge);
    const Measurement measured = knowledge.measurement.value_or(Measurement{});
    report.wall_seconds =
        WallSeconds(report.plan.runs,
                    sweep.execution,
                    GangBytes(sweep.execution, measured, sweep.model_shape, RefusedIn(store)));
    AddNoteOnWall(sweep, &report);
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

  static std::vector<Job> RefusedIn(const Store* store) {
    return store == nullptr ? std::vector<Job>{} : store->JobsOutOfMemory();
  }

  // A prediction: `run` may be done in less.
  static void AddNoteOnWall(const Sweep& sweep, PlanReport* report) {
    if (!sweep.budget.seconds || !report->wall_seconds) return;
    if (*report->wall_seconds <= *sweep.budget.seconds) return;
    report->plan.notes.push_back(fmt::format(
        "budget.wall is {}, and these runs take about {}: the study would stay unfinished",
        FormatSeconds(*sweep.budget.seconds),
        FormatSeconds(*report->wall_seconds)));
  }

  // Why runs that are there may be listed as to do.
  static void AddNotesOnIdentity(const Sweep& sweep, const Store* store, Plan* plan) {
    if (store == nullptr) return;
    const std::string earlier = EarlierRuns(*store, sweep);
    if (!earlier.empty()) {
      plan->notes.push_back(earlier);
    } else if (sweep.source.identity.empty()) {
      plan->notes.push_back(
          "plan reads no weights, and `saelaw run` has not hashed these yet: runs that are known "
          "already are listed as to do");
    }
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
