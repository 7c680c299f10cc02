// results.db: the one place of truth. What was asked (sweeps, runs), what was done about it (jobs,
// attempts), what came of it (results, measurements, predictions), and what people ask of the
// planner that is running (requests).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "jobs/job.h"
#include "store/lock_watch.h"

namespace saelaw {

class Connection;
class PlannerLock;

using Clock = std::function<std::chrono::system_clock::time_point()>;

// UTC, ISO 8601 with milliseconds: 2026-03-01T21:04:05.678Z. Stored: do not change.
std::string UtcText(std::chrono::system_clock::time_point time);

// A run as a sweep asks for it.
struct AskedRun {
  RunSpec spec;
  std::string stage;   // Name(Stage)
  std::string reason;  // why the planner wants it, for people
};

enum class RunState { kWaiting, kRunning, kDone, kFailed };
std::string_view Name(RunState state);  // waiting, running, done, failed. Stored: do not change

struct RunRecord {
  RunId id;
  AskedRun asked;
  // By the ledger alone: a planner that was killed leaves kRunning behind; see FindPlanner.
  RunState state = RunState::kWaiting;
  int attempts = 0;     // of every job that had this run as a member
  std::string message;  // why it failed; empty otherwise
};

struct StoredResult {
  RunSpec spec;
  RunResult result;
  std::string weights;     // path; empty when none were written
  std::string attempt_id;  // of the attempt that made it
  std::string accepted_at;
};

struct OpenAttempt {
  std::string attempt_id;
  Job job;
  std::string started_at;
  std::optional<Progress> progress;  // the latest that was saved
};

enum class Acceptance {
  kAccepted,   // it is now the run's one result
  kLate,       // of an attempt that a newer one has replaced: recorded, not counted
  kDuplicate,  // the run has its result already: recorded, not counted
};

enum class RequestKind { kStop, kRetry };
std::string_view Name(RequestKind kind);  // stop, retry. Stored: do not change

struct Request {
  RequestKind kind = RequestKind::kStop;
  std::string argument;  // kRetry: a run id; empty: all that failed
  std::string made_at;
};

// What a law said of a run before the run began.
struct StoredPrediction {
  RunId run;
  double predicted = 0;  // loss
  double lo = 0, hi = 0;
  std::string law;  // JSON: the fitted law, as its maker writes it
  std::string made_at;
};

// One open database, for one thread. Every method is one short transaction: when it returns, what
// it wrote survives a crash and a loss of power; when it throws, nothing of it was written.
// Throws IoError (disk full, no permission, a damaged file, a lock of another program that outlasts
// the LockWatch) with one line that names the file.
class Store {
 public:
  // Creates and migrates as needed, and holds `<path>.lock` until destroyed. Throws Error with
  // kFailure when another process holds it (the message names its pid), ConfigurationError when the
  // file is another program's or of a newer saelaw.
  static Store OpenForWriting(const std::filesystem::path& path,
                              Clock clock = std::chrono::system_clock::now,
                              LockWatch watch = {});
  // Beside a writer, at any time; never creates or migrates. Throws ConfigurationError when there
  // is no such file, when it is another program's, of a newer saelaw, or of an older one.
  static Store OpenForReading(const std::filesystem::path& path, LockWatch watch = {});
  // As OpenForReading, and AddRequest works.
  static Store OpenForRequests(const std::filesystem::path& path,
                               Clock clock = std::chrono::system_clock::now,
                               LockWatch watch = {});
  // The process that holds the lock of this database; nothing when none does.
  static std::optional<int> FindPlanner(const std::filesystem::path& path);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // Throws UsageError for what names no file: "", as an unset variable leaves it, and SQLite's
  // ":memory:". Every way of opening checks it.
  static void CheckName(const std::filesystem::path& path);

  // Throws IoError when the file is not there any more under its name; every write checks it.
  void CheckInPlace() const;

  // --- What is asked. A sweep that changed (another hash) forgets its runs without a result.
  void SaveSweep(const std::string& name, const std::string& yaml, const std::string& hash);
  // A run may belong to many sweeps; adding it again replaces stage and reason in this one.
  void AddRuns(const std::string& sweep, const std::vector<AskedRun>& runs);
  std::vector<RunRecord> FindRuns(const std::string& sweep) const;  // in the order they were added
  std::vector<std::string> Sweeps() const;                          // names, latest saved first

  // Time on the clock that all calls of `saelaw run` together have spent on a sweep that was saved,
  // in seconds; of one that was not: 0.
  void AddWallSeconds(const std::string& sweep, double seconds);
  double SumWallSeconds(const std::string& sweep) const;

  // --- Jobs and attempts.
  // The job's runs must have been added. Adding it again replaces its job file's text.
  void AddJob(const Job& job) { AddJobs({job}); }
  void AddJobs(const std::vector<Job>& jobs);  // all or none
  // Train jobs, in the order they were added, whose gang was written down and is to go on after a
  // kill: not failed, with a member of `sweep` that has no result and is in no later job.
  std::vector<Job> UnfinishedJobs(const std::string& sweep) const;
  // The same, given up by an earlier dispatch.
  std::vector<Job> FailedJobs(const std::string& sweep) const;
  // Ids of the train jobs that have all of these runs as members, the latest first.
  std::vector<std::string> JobsWith(const std::vector<RunId>& runs) const;
  // Whether each of the job's runs has its result; false for a job without runs, or not known here.
  bool HasAllResults(const std::string& job_id) const;
  // The new attempt's id, unique for ever. Ends an open attempt of the same job as superseded
  // and forgets an earlier failure of the job.
  std::string BeginAttempt(const std::string& job_id);
  // `exit_code` is negative for a signal (-9: SIGKILL). Of an attempt that ended already: nothing.
  void EndAttempt(const std::string& attempt_id, int exit_code, const std::string& message);
  // Whether an attempt of this job ended with exit code 0.
  bool HasEndedWell(const std::string& job_id) const;
  // Gives the job up for smaller ones, `parts` of its runs, that are tried instead of it.
  void SplitJob(const std::string& job_id, const std::vector<Job>& parts);
  // Jobs that memory did not suffice for: an attempt ended with ExitCode::kOutOfMemory, or the job
  // was split for whatever reason.
  std::vector<Job> JobsOutOfMemory() const;
  // The job is given up: its members without a result are failed until a new attempt begins.
  void FailJob(const std::string& job_id, const std::string& message);
  void SaveProgress(const std::string& attempt_id, const Progress& progress);
  // After a kill: attempts that nobody ended.
  std::vector<OpenAttempt> OpenAttempts() const;

  // --- Results.
  Acceptance AcceptResult(const std::string& attempt_id,
                          const RunResult& result,
                          const std::string& weights);
  std::optional<StoredResult> FindResult(const RunId& run) const;
  std::vector<StoredResult> AcceptedResults() const;  // of all sweeps, in order of acceptance
  int LateResults() const;                            // how many were recorded and not counted

  // --- Measurements of sources: one per source key, the latest.
  void SaveMeasurement(const Measurement& measurement);
  std::optional<Measurement> FindMeasurement(const std::string& source_key) const;

  // --- Predictions. May be replaced until the run's first attempt begins; afterwards nothing is
  // written and the answer is false.
  bool SavePrediction(const std::string& sweep, const StoredPrediction& prediction);
  std::vector<StoredPrediction> FindPredictions(const std::string& sweep) const;

  // --- Requests, from any process to the planner.
  void AddRequest(RequestKind kind, const std::string& argument);
  std::vector<Request> TakeRequests();  // each is given out once, in the order they were made

 private:
  Store(std::unique_ptr<Connection> connection, std::unique_ptr<PlannerLock> lock, Clock clock);
  std::string Now() const;
  void InsertJob(const Job& job);
  std::vector<Job> JobsToGoOn(const std::string& sweep, bool failed) const;
  bool IsCurrent(const std::string& attempt_id, const RunId& run) const;
  void RecordLate(const std::string& attempt_id,
                  const RunResult& result,
                  const std::string& weights,
                  Acceptance kind);
  void InsertResult(const std::string& attempt_id,
                    const RunResult& result,
                    const std::string& weights);

  std::unique_ptr<PlannerLock> lock_;  // null for readers
  std::unique_ptr<Connection> connection_;
  Clock clock_;
};

}  // namespace saelaw
