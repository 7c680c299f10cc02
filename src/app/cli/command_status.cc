#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/messages.h"
#include "report/json.h"
#include "report/terminal.h"
#include "store/store.h"

namespace saelaw {
namespace {

Stage StageNamed(const std::string& name) {
  for (const Stage stage : {Stage::kLossLaw, Stage::kLrLaw, Stage::kHoldOut, Stage::kExtra}) {
    if (Name(stage) == name) return stage;
  }
  throw IoError(fmt::format("the database holds an unknown stage '{}'", name));
}

// What a running trainer last said of a run.
struct Latest {
  double progress = 0;
  double eta_seconds = 0;
};

std::map<RunId, Latest> LatestProgress(const Store& store) {
  std::map<RunId, Latest> latest;
  for (const OpenAttempt& attempt : store.OpenAttempts()) {
    if (!attempt.progress) continue;
    for (const MemberProgress& member : attempt.progress->members) {
      const double total = static_cast<double>(std::max<std::int64_t>(1, member.total_tokens));
      latest[member.id] = {static_cast<double>(member.tokens) / total,
                           attempt.progress->eta_seconds};
    }
  }
  return latest;
}

StatusRow RowOf(const Store& store,
                const RunRecord& record,
                bool planner_runs,
                const std::map<RunId, Latest>& latest) {
  StatusRow row;
  row.id = record.id;
  row.stage = StageNamed(record.asked.stage);
  row.tokens = record.asked.spec.tokens;
  row.d_sae = record.asked.spec.sae.d_sae;
  row.lr = record.asked.spec.training.lr;
  row.seed = record.asked.spec.seed;
  // A planner that was killed leaves runs marked as running.
  const bool stale = record.state == RunState::kRunning && !planner_runs;
  row.state = std::string(Name(stale ? RunState::kWaiting : record.state));
  row.attempts = record.attempts;
  row.message = record.message;
  if (const auto found = latest.find(record.id); found != latest.end()) {
    row.progress = found->second.progress;
    if (planner_runs && found->second.eta_seconds >= 0) row.eta_seconds = found->second.eta_seconds;
  }
  if (const auto stored = store.ResultOf(record.id)) {
    row.result = StatusResult{
        Judge(stored->result).outcome, stored->result.final, stored->result.wall_seconds};
    row.progress = 1;
  }
  return row;
}

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
    const std::vector<std::string> sweeps = store.Sweeps();
    if (sweeps.empty()) throw ConfigurationError(fmt::format("{} holds no sweep yet", database_));
    if (sweep_.empty()) sweep_ = sweeps.front();
    if (std::find(sweeps.begin(), sweeps.end(), sweep_) == sweeps.end()) {
      throw ConfigurationError(fmt::format(
          "{} holds no sweep '{}'; it holds: {}", database_, sweep_, fmt::join(sweeps, ", ")));
    }
    Status status;
    status.sweep = sweep_;
    const bool planner_runs = Store::PlannerOf(database_).has_value();
    const auto latest = LatestProgress(store);
    for (const RunRecord& record : store.RunsOf(sweep_)) {
      status.runs.push_back(RowOf(store, record, planner_runs, latest));
    }
    for (const StatusRow& row : status.runs) {
      if (!(row.eta_seconds >= 0)) continue;
      status.eta_seconds =
          std::max(row.eta_seconds, status.eta_seconds >= 0 ? status.eta_seconds : 0);
    }
    Print("{}", json_ ? StatusJson(status) : StatusText(status, ::isatty(STDOUT_FILENO) == 1));
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
