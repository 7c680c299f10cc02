// The ledger says how far each run has come, and the last word of each running trainer adds the
// progress within a run. Both may be stale after a kill, so they are read in the light of whether a
// planner is at work.
#include "orchestrate/sweep_status.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "fit/fit.h"
#include "orchestrate/saved_sweep.h"

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

StatusRow MakeRow(const Store& store,
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
  if (const auto stored = store.FindResult(record.id)) {
    row.result = StatusResult{
        Judge(stored->result).outcome, stored->result.final, stored->result.wall_seconds};
    row.progress = 1;
  }
  return row;
}

// The trainers work beside one another, so the one that ends last decides.
void SetEta(Status* status) {
  for (const StatusRow& row : status->runs) {
    if (!(row.eta_seconds >= 0)) continue;
    status->eta_seconds =
        std::max(row.eta_seconds, status->eta_seconds >= 0 ? status->eta_seconds : 0);
  }
}

SavedSweep NamedSweep(const Store& store, const std::string& database, const std::string& name) {
  const std::vector<std::string> sweeps = store.Sweeps();
  if (sweeps.empty()) throw ConfigurationError(fmt::format("{} holds no sweep yet", database));
  if (auto saved = FindSweep(store, name.empty() ? sweeps.front() : name)) return *saved;
  throw ConfigurationError(
      fmt::format("{} holds no sweep '{}'; it holds: {}", database, name, fmt::join(sweeps, ", ")));
}

}  // namespace

Status SweepStatus(const Store& store, const std::string& database, const std::string& name) {
  const SavedSweep saved = NamedSweep(store, database, name);
  Status status;
  status.sweep = saved.name;
  const bool planner_runs = Store::FindPlanner(database).has_value();
  const auto latest = LatestProgress(store);
  for (const std::string& part : saved.parts) {
    for (const RunRecord& record : store.FindRuns(part)) {
      status.runs.push_back(MakeRow(store, record, planner_runs, latest));
      status.runs.back().arm = saved.FindArm(part);
    }
  }
  SetEta(&status);
  return status;
}

}  // namespace saelaw
