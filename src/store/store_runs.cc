// What is asked: sweeps, runs, measurements, predictions and requests. A planner that is started
// again after a kill says again what it said before, so all of these but requests are written in
// such a way that saying them twice leaves one row.
#include "core/errors.h"
#include "store/connection.h"
#include "store/store.h"

namespace saelaw {
namespace {

// `last` ends the search and is also the answer to a name that is not known.
template <typename Enum>
Enum EnumNamed(std::string_view name, Enum last) {
  for (int i = 0; i < static_cast<int>(last); ++i) {
    if (Name(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return last;
}

void InsertRun(const Connection& connection, const RunSpec& spec, const std::string& now) {
  // The id is the hash of all that determines the numbers, so the spec that is there may stay.
  Statement(connection, "INSERT INTO runs VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING")
      .Bind(ComputeId(spec),
            ToJson(spec),
            SourceKey(spec.source),
            spec.tokens,
            spec.sae.d_sae,
            spec.training.lr,
            spec.training.batch_tokens,
            spec.seed,
            spec.stream_seed,
            now)
      .Run();
}

}  // namespace

// The view run_states (schema.cc) spells the same words.
std::string_view Name(RunState state) {
  switch (state) {
    case RunState::kWaiting:
      return "waiting";
    case RunState::kRunning:
      return "running";
    case RunState::kDone:
      return "done";
    case RunState::kFailed:
      return "failed";
  }
  return "";
}

std::string_view Name(RequestKind kind) { return kind == RequestKind::kStop ? "stop" : "retry"; }

void Store::SaveSweep(const std::string& name, const std::string& yaml, const std::string& hash) {
  Transaction transaction(*connection_);
  // What an earlier text of this sweep asked for and never got is no longer asked for. This comes
  // before the new hash is written, because it compares with the old one; for a new sweep that is
  // NULL, and nothing is deleted.
  Statement(*connection_,
            "DELETE FROM sweep_runs WHERE sweep = ?1 AND run_id NOT IN (SELECT run_id FROM results)"
            " AND ?2 <> (SELECT hash FROM sweeps WHERE name = ?1)")
      .Bind(name, hash)
      .Run();
  Statement(*connection_,
            "INSERT INTO sweeps VALUES (?,?,?,?) ON CONFLICT (name) DO UPDATE SET"
            " yaml = excluded.yaml, hash = excluded.hash, saved_at = excluded.saved_at")
      .Bind(name, yaml, hash, Now())
      .Run();
  transaction.Commit();
}

void Store::AddRuns(const std::string& sweep, const std::vector<AskedRun>& runs) {
  Transaction transaction(*connection_);
  // A run that is known to the sweep keeps its position, so that the order stays the one in which
  // runs were first asked for.
  Statement insert(*connection_,
                   "INSERT INTO sweep_runs (sweep, run_id, stage, reason) VALUES (?,?,?,?)"
                   " ON CONFLICT (sweep, run_id) DO UPDATE SET"
                   " stage = excluded.stage, reason = excluded.reason");
  for (const AskedRun& run : runs) {
    InsertRun(*connection_, run.spec, Now());
    insert.Bind(sweep, ComputeId(run.spec), run.stage, run.reason).Run();
  }
  transaction.Commit();
}

std::vector<RunRecord> Store::FindRuns(const std::string& sweep) const {
  Statement select(
      *connection_,
      "SELECT w.run_id, r.spec, w.stage, w.reason, s.state, s.attempts, s.message"
      " FROM sweep_runs w JOIN runs r ON r.id = w.run_id"
      " JOIN run_states s ON s.run_id = w.run_id WHERE w.sweep = ? ORDER BY w.position");
  select.Bind(sweep);
  std::vector<RunRecord> records;
  while (select.Step()) {
    records.push_back({select.Text(0),
                       {RunSpecFromJson(select.Text(1)), select.Text(2), select.Text(3)},
                       EnumNamed(select.Text(4), RunState::kFailed),
                       static_cast<int>(select.Integer(5)),
                       select.Text(6)});
  }
  return records;
}

void Store::AddWallSeconds(const std::string& sweep, double seconds) {
  Transaction transaction(*connection_);
  Statement(*connection_,
            "INSERT INTO wall_times (sweep, seconds) VALUES (?,?)"
            " ON CONFLICT (sweep) DO UPDATE SET seconds = seconds + excluded.seconds")
      .Bind(sweep, seconds)
      .Run();
  transaction.Commit();
}

double Store::SumWallSeconds(const std::string& sweep) const {
  Statement select(*connection_, "SELECT seconds FROM wall_times WHERE sweep = ?");
  return select.Bind(sweep).Step() ? select.Real(0) : 0;
}

std::vector<std::string> Store::Sweeps() const {
  Statement select(*connection_, "SELECT name FROM sweeps ORDER BY saved_at DESC, name");
  std::vector<std::string> names;
  while (select.Step()) names.push_back(select.Text(0));
  return names;
}

void Store::SaveMeasurement(const Measurement& measurement) {
  Transaction transaction(*connection_);
  Statement(*connection_, "INSERT OR REPLACE INTO measurements VALUES (?,?,?,?,?,?,?,?,?)")
      .Bind(measurement.source_key,
            measurement.d_in,
            measurement.training_tokens,
            measurement.held_out_tokens,
            measurement.activation_scale,
            measurement.mean_squared_norm,
            measurement.tokens_per_second,
            ToJson(measurement),
            Now())
      .Run();
  transaction.Commit();
}

std::optional<Measurement> Store::FindMeasurement(const std::string& source_key) const {
  Statement select(*connection_, "SELECT measurement FROM measurements WHERE source_key = ?");
  if (!select.Bind(source_key).Step()) return std::nullopt;
  return MeasurementFromJson(select.Text(0));
}

bool Store::SavePrediction(const std::string& sweep, const StoredPrediction& prediction) {
  Transaction transaction(*connection_);
  Statement begun(*connection_, "SELECT attempts FROM run_states WHERE run_id = ?");
  // Attempts for any sweep count: what is known of a run is not a prediction. The time below is
  // this store's own and not the caller's, so that a prediction cannot be dated back.
  if (begun.Bind(prediction.run).Step() && begun.Integer(0) > 0) return false;
  Statement(*connection_, "INSERT OR REPLACE INTO predictions VALUES (?,?,?,?,?,?,?)")
      .Bind(sweep,
            prediction.run,
            prediction.predicted,
            prediction.lo,
            prediction.hi,
            prediction.law,
            Now())
      .Run();
  transaction.Commit();
  return true;
}

std::vector<StoredPrediction> Store::FindPredictions(const std::string& sweep) const {
  Statement select(*connection_,
                   "SELECT run_id, predicted, lo, hi, law, made_at FROM predictions"
                   " WHERE sweep = ? ORDER BY made_at, run_id");
  select.Bind(sweep);
  std::vector<StoredPrediction> predictions;
  while (select.Step()) {
    predictions.push_back({select.Text(0),
                           select.Real(1),
                           select.Real(2),
                           select.Real(3),
                           select.Text(4),
                           select.Text(5)});
  }
  return predictions;
}

void Store::AddRequest(RequestKind kind, const std::string& argument) {
  Transaction transaction(*connection_);
  Statement(*connection_, "INSERT INTO requests (kind, argument, made_at) VALUES (?,?,?)")
      .Bind(Name(kind), argument, Now())
      .Run();
  transaction.Commit();
}

std::vector<Request> Store::TakeRequests() {
  // The planner asks twice a second: a look that finds nothing writes nothing.
  if (QueryInteger(*connection_, "SELECT count(*) FROM requests WHERE taken_at IS NULL") == 0) {
    return {};
  }
  Transaction transaction(*connection_);
  Statement select(*connection_,
                   "SELECT kind, argument, made_at FROM requests WHERE taken_at IS NULL"
                   " ORDER BY number");
  std::vector<Request> requests;
  while (select.Step()) {
    requests.push_back(
        {EnumNamed(select.Text(0), RequestKind::kRetry), select.Text(1), select.Text(2)});
  }
  // What is read is marked as taken in the same transaction, so that no request is given out twice.
  Statement(*connection_, "UPDATE requests SET taken_at = ? WHERE taken_at IS NULL")
      .Bind(Now())
      .Run();
  transaction.Commit();
  return requests;
}

}  // namespace saelaw
