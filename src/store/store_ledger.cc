// What was done and what came of it. A result may come late, twice or from a forgotten attempt. The
// invariant is that a run has at most one result, that it never changes, and that only the newest
// attempt with this run as a member may bring it. Whatever else arrives is recorded and not
// counted.
#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include <fmt/format.h>

#include "core/errors.h"
#include "store/connection.h"
#include "store/store.h"

namespace saelaw {
namespace {

// Results are read from their JSON, which is whole; their columns repeat a part of it for people's
// SQL.
StoredResult ResultIn(const Statement& row) {
  return {RunSpecFromJson(row.Text(0)),
          RunResultFromJson(row.Text(1)),
          row.Text(2),
          row.Text(3),
          row.Text(4)};
}

constexpr std::string_view kSelectResults =
    "SELECT r.spec, x.result, x.weights, x.token, x.accepted_at"
    " FROM results x JOIN runs r ON r.id = x.run_id";

// This is why a job that was split is given up; JobsOutOfMemory finds such jobs by this text.
// Stored: do not change.
constexpr std::string_view kSplit = "split: memory did not suffice for it";

// The counter makes it unique in this database; the random part, among databases that once shared
// a folder of jobs.
std::string NewAttemptId(std::int64_t number) {
  return fmt::format("{}_{:08x}", number, std::random_device()());
}

void InsertCurve(const Connection& connection, const RunResult& result) {
  Statement insert(connection, "INSERT INTO evaluations VALUES (?,?,?,?,?,?,?,?)");
  int position = 0;
  for (const Evaluation& point : result.curve) {
    insert
        .Bind(result.id,
              position++,
              point.tokens,
              point.loss,
              point.mse,
              point.fvu,
              point.l0,
              point.dead_fraction)
        .Run();
  }
}

}  // namespace

void Store::AddJobs(const std::vector<Job>& jobs) {
  Transaction transaction(*connection_);
  for (const Job& job : jobs) InsertJob(job);
  transaction.Commit();
}

void Store::InsertJob(const Job& job) {
  Statement(*connection_,
            "INSERT INTO jobs (id, kind, job, added_at) VALUES (?,?,?,?)"
            " ON CONFLICT (id) DO UPDATE SET job = excluded.job")
      .Bind(job.id, Name(job.kind), ToJson(job), Now())
      .Run();
  // Written anew, so that this becomes the latest job of its runs.
  Statement(*connection_, "DELETE FROM job_runs WHERE job_id = ?").Bind(job.id).Run();
  Statement insert(*connection_, "INSERT INTO job_runs (job_id, run_id) VALUES (?,?)");
  for (const RunSpec& run : job.runs) insert.Bind(job.id, ComputeId(run)).Run();
}

std::vector<Job> Store::UnfinishedJobs(const std::string& sweep) const {
  // Both kinds come from one query, so that they cannot overlap.
  return JobsToGoOn(sweep, /*failed=*/false);
}

std::vector<Job> Store::FailedJobs(const std::string& sweep) const {
  return JobsToGoOn(sweep, /*failed=*/true);
}

// A member counts for its latest job alone (the largest number in job_runs): once a job was split,
// its parts go on and the job itself does not.
std::vector<Job> Store::JobsToGoOn(const std::string& sweep, bool failed) const {
  Statement select(
      *connection_,
      "SELECT job FROM jobs WHERE kind = 'train' AND (failure IS NOT NULL) = ? AND id IN"
      " (SELECT m.job_id FROM job_runs m JOIN sweep_runs w ON w.run_id = m.run_id AND w.sweep = ?"
      "  WHERE m.run_id NOT IN (SELECT run_id FROM results) AND m.number ="
      "  (SELECT max(number) FROM job_runs other WHERE other.run_id = m.run_id)) ORDER BY number");
  select.Bind(failed ? 1 : 0, sweep);
  std::vector<Job> jobs;
  while (select.Step()) jobs.push_back(JobFromJson(select.Text(0)));
  return jobs;
}

std::vector<std::string> Store::JobsWith(const std::vector<RunId>& runs) const {
  std::map<std::string, std::size_t> members;  // of the wanted runs, by job
  Statement select(*connection_, "SELECT job_id FROM job_runs WHERE run_id = ?");
  for (const RunId& run : runs) {
    for (select.Bind(run); select.Step();) members[select.Text(0)] += 1;
  }
  std::vector<std::pair<std::int64_t, std::string>> found;
  Statement latest(*connection_, "SELECT max(number) FROM job_runs WHERE job_id = ?");
  for (const auto& [job, count] : members) {
    // A job with a part of the wanted runs only is no answer.
    if (count < runs.size()) continue;
    for (latest.Bind(job); latest.Step();) found.emplace_back(latest.Integer(0), job);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  std::vector<std::string> jobs;
  for (auto& [number, job] : found) jobs.push_back(std::move(job));
  return jobs;
}

bool Store::HasAllResults(const std::string& job_id) const {
  Statement count(*connection_,
                  "SELECT count(*), count(x.run_id) FROM job_runs m"
                  " LEFT JOIN results x ON x.run_id = m.run_id WHERE m.job_id = ?");
  // The second count leaves out NULL, and so the members that have no result.
  return count.Bind(job_id).Step() && count.Integer(0) > 0 && count.Integer(0) == count.Integer(1);
}

std::string Store::BeginAttempt(const std::string& job_id) {
  Transaction transaction(*connection_);
  // Inside this transaction nobody else can take the next number, so it is known before the row is.
  std::string attempt_id = NewAttemptId(
      1 + QueryInteger(*connection_, "SELECT seq FROM sqlite_sequence WHERE name = 'attempts'"));
  // An index allows one open attempt for each job, so the old one has to end first.
  const std::string now = Now();
  Statement(*connection_,
            "UPDATE attempts SET ended_at = ?, message = ? WHERE job_id = ? AND ended_at IS NULL")
      .Bind(now, "superseded by " + attempt_id, job_id)
      .Run();
  Statement(*connection_, "INSERT INTO attempts (token, job_id, started_at) VALUES (?,?,?)")
      .Bind(attempt_id, job_id, now)
      .Run();
  Statement(*connection_, "UPDATE jobs SET failure = NULL WHERE id = ?").Bind(job_id).Run();
  transaction.Commit();
  return attempt_id;
}

void Store::EndAttempt(const std::string& attempt_id, int exit_code, const std::string& message) {
  Transaction transaction(*connection_);
  Statement(*connection_,
            // An attempt that was superseded keeps its end, whenever its process ends.
            "UPDATE attempts SET ended_at = ?, exit_code = ?, message = ?"
            " WHERE token = ? AND ended_at IS NULL")
      .Bind(Now(), exit_code, message, attempt_id)
      .Run();
  transaction.Commit();
}

bool Store::HasEndedWell(const std::string& job_id) const {
  Statement select(*connection_, "SELECT 1 FROM attempts WHERE job_id = ? AND exit_code = 0");
  return select.Bind(job_id).Step();
}

void Store::SplitJob(const std::string& job_id, const std::vector<Job>& parts) {
  Transaction transaction(*connection_);
  Statement(*connection_, "UPDATE jobs SET failure = ? WHERE id = ?").Bind(kSplit, job_id).Run();
  for (const Job& part : parts) InsertJob(part);
  transaction.Commit();
}

std::vector<Job> Store::JobsOutOfMemory() const {
  Statement select(*connection_,
                   "SELECT job FROM jobs WHERE id IN"
                   " (SELECT job_id FROM attempts WHERE exit_code = ?) OR failure = ?"
                   " ORDER BY number");
  select.Bind(static_cast<int>(ExitCode::kOutOfMemory), kSplit);
  std::vector<Job> jobs;
  while (select.Step()) jobs.push_back(JobFromJson(select.Text(0)));
  return jobs;
}

void Store::FailJob(const std::string& job_id, const std::string& message) {
  Transaction transaction(*connection_);
  Statement(*connection_, "UPDATE jobs SET failure = ? WHERE id = ?").Bind(message, job_id).Run();
  transaction.Commit();
}

void Store::SaveProgress(const std::string& attempt_id, const Progress& progress) {
  Transaction transaction(*connection_);
  Statement(*connection_, "UPDATE attempts SET progress = ? WHERE token = ? AND ended_at IS NULL")
      .Bind(ToJson(progress), attempt_id)
      .Run();
  transaction.Commit();
}

std::vector<OpenAttempt> Store::OpenAttempts() const {
  Statement select(*connection_,
                   "SELECT a.token, j.job, a.started_at, a.progress FROM attempts a"
                   " JOIN jobs j ON j.id = a.job_id WHERE a.ended_at IS NULL ORDER BY a.number");
  std::vector<OpenAttempt> attempts;
  while (select.Step()) {
    OpenAttempt attempt{select.Text(0), JobFromJson(select.Text(1)), select.Text(2), {}};
    if (!select.IsNull(3)) attempt.progress = ProgressFromJson(select.Text(3));
    attempts.push_back(std::move(attempt));
  }
  return attempts;
}

// Tells whether no newer attempt has this run as a member, in this job or another.
bool Store::IsCurrent(const std::string& attempt_id, const RunId& run) const {
  Statement select(*connection_,
                   "SELECT a.token FROM attempts a JOIN job_runs m ON m.job_id = a.job_id"
                   " WHERE m.run_id = ? ORDER BY a.number DESC LIMIT 1");
  return select.Bind(run).Step() && select.Text(0) == attempt_id;
}

void Store::RecordLate(const std::string& attempt_id,
                       const RunResult& result,
                       const std::string& weights,
                       Acceptance kind) {
  // The same attempt may bring the same result twice; it is then recorded once.
  Statement(*connection_, "INSERT OR IGNORE INTO late_results VALUES (?,?,?,?,?,?)")
      .Bind(result.id,
            attempt_id,
            kind == Acceptance::kLate ? "late" : "duplicate",
            weights,
            ToJson(result),
            Now())
      .Run();
}

void Store::InsertResult(const std::string& attempt_id,
                         const RunResult& result,
                         const std::string& weights) {
  Statement(*connection_,
            "INSERT INTO results VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .Bind(result.id,
            attempt_id,
            Name(result.end),
            result.end_reason,
            result.tokens,
            result.final.loss,
            result.final.mse,
            result.final.fvu,
            result.final.l0,
            result.final.dead_fraction,
            result.dead_fraction_training,
            result.dense_fraction,
            result.train_loss,
            result.wall_seconds,
            result.tokens_per_second,
            result.provenance.host,
            result.provenance.device,
            weights,
            ToJson(result),
            Now())
      .Run();
  InsertCurve(*connection_, result);
}

Acceptance Store::AcceptResult(const std::string& attempt_id,
                               const RunResult& result,
                               const std::string& weights) {
  Transaction transaction(*connection_);
  Statement known(*connection_, "SELECT 1 FROM results WHERE run_id = ?");
  Acceptance acceptance = Acceptance::kAccepted;
  // A result that is there comes first: even the newest attempt does not replace it, because laws
  // may have been fitted to it already.
  if (known.Bind(result.id).Step()) {
    acceptance = Acceptance::kDuplicate;
  } else if (!IsCurrent(attempt_id, result.id)) {
    acceptance = Acceptance::kLate;
  }
  if (acceptance == Acceptance::kAccepted) {
    InsertResult(attempt_id, result, weights);
  } else {
    RecordLate(attempt_id, result, weights, acceptance);
  }
  transaction.Commit();
  return acceptance;
}

std::optional<StoredResult> Store::FindResult(const RunId& run) const {
  Statement select(*connection_, std::string(kSelectResults) + " WHERE x.run_id = ?");
  if (!select.Bind(run).Step()) return std::nullopt;
  return ResultIn(select);
}

std::vector<StoredResult> Store::AcceptedResults() const {
  Statement select(*connection_, std::string(kSelectResults) + " ORDER BY x.number");
  std::vector<StoredResult> results;
  while (select.Step()) results.push_back(ResultIn(select));
  return results;
}

int Store::LateResults() const {
  return static_cast<int>(QueryInteger(*connection_, "SELECT count(*) FROM late_results"));
}

}  // namespace saelaw
