// A file of any earlier version has to open for ever, so the schema is a list of steps: a file
// becomes the newest by the steps it lacks. The view that shows the metrics is not part of these
// steps: it is made from the table of metrics, and made again when that table has changed.
#include "store/schema.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/metrics.h"

namespace saelaw {
namespace {

// Step i brings a database from version i to i + 1. A released step never changes; its saved
// database stands in tests/store/data. All times are UTC, ISO 8601 with milliseconds; NULL in a
// REAL column is a value that was not finite. A column `token` holds an attempt's id, as it was
// called in the first version. Numbers with AUTOINCREMENT are never used again, and attempt ids
// rely on that. The state of a run is not stored but is a view of what happened, so that it cannot
// disagree with it: a result makes the run done, an open attempt makes it running, and of its jobs
// only the latest can make it failed. The parts of a split job are later than the job itself, so
// they wipe its failure out.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE sweeps (
  name TEXT NOT NULL PRIMARY KEY,
  yaml TEXT NOT NULL,                 -- the file as it was run last
  hash TEXT NOT NULL,                 -- of the effective sweep
  saved_at TEXT NOT NULL              -- UTC
) STRICT;

CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY,       -- hash of what determines the numbers
  spec TEXT NOT NULL,                 -- JSON, the whole RunSpec
  source_key TEXT NOT NULL,           -- hash of the data (source, split, normalisation)
  tokens INTEGER NOT NULL,            -- tokens to train on
  d_sae INTEGER NOT NULL,             -- latents
  lr REAL NOT NULL,                   -- learning rate, per step
  batch_tokens INTEGER NOT NULL,      -- tokens per step
  seed INTEGER NOT NULL,              -- of the initialisation; the bits of an unsigned number
  stream_seed INTEGER NOT NULL,       -- of the data order; the bits of an unsigned number
  added_at TEXT NOT NULL              -- UTC
) STRICT;

CREATE TABLE sweep_runs (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  sweep TEXT NOT NULL REFERENCES sweeps (name),
  run_id TEXT NOT NULL REFERENCES runs (id),
  stage TEXT NOT NULL,                -- loss-law, lr-law, hold-out or extra
  reason TEXT NOT NULL,               -- why the planner wants it
  UNIQUE (sweep, run_id)
) STRICT;

CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,                 -- train, measure or capture
  job TEXT NOT NULL,                  -- JSON, the job file
  failure TEXT,                       -- why it was given up; NULL: it was not
  added_at TEXT NOT NULL              -- UTC
) STRICT;

CREATE TABLE job_runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the largest of a run is its latest job
  job_id TEXT NOT NULL REFERENCES jobs (id),
  run_id TEXT NOT NULL REFERENCES runs (id),
  UNIQUE (job_id, run_id)
) STRICT;
CREATE INDEX job_runs_by_run ON job_runs (run_id, number);

CREATE TABLE attempts (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE,
  job_id TEXT NOT NULL REFERENCES jobs (id),
  started_at TEXT NOT NULL,           -- UTC
  ended_at TEXT,                      -- UTC; NULL: it is running, or its planner was killed
  exit_code INTEGER,                  -- negative: the signal that ended it; NULL: not known
  message TEXT NOT NULL DEFAULT '',   -- why it ended, for people
  progress TEXT                       -- JSON, the latest Progress
) STRICT;
CREATE UNIQUE INDEX one_open_attempt ON attempts (job_id) WHERE ended_at IS NULL;
CREATE INDEX attempts_by_job ON attempts (job_id, number);

CREATE TABLE results (                -- at most one a run: the one that counts
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE REFERENCES runs (id),
  token TEXT NOT NULL REFERENCES attempts (token),
  "end" TEXT NOT NULL,                -- how it ended: completed, non-finite, stopped, out-of-memory
  end_reason TEXT NOT NULL,
  tokens INTEGER NOT NULL,            -- tokens trained on
  loss REAL,                          -- held-out mean per token: mse + penalty
  mse REAL,                           -- held-out mean per token, summed over d_in
  fvu REAL,                           -- fraction of variance unexplained
  l0 REAL,                            -- active latents per token
  dead_fraction REAL,                 -- of latents, on held-out tokens
  dead_fraction_training REAL,        -- of latents, silent for dead_after_tokens of training
  dense_fraction REAL,                -- of latents, active on more than 10 % of tokens
  train_loss REAL,                    -- mean over the last tenth of the steps
  wall_seconds REAL,                  -- this member's share of its gang, seconds
  tokens_per_second REAL,
  host TEXT NOT NULL,
  device TEXT NOT NULL,
  weights TEXT NOT NULL,              -- path; empty: none were written
  result TEXT NOT NULL,               -- JSON, the whole RunResult
  accepted_at TEXT NOT NULL           -- UTC
) STRICT;

CREATE TABLE evaluations (            -- the curve: held-out means while it trained
  run_id TEXT NOT NULL REFERENCES results (run_id),
  position INTEGER NOT NULL,          -- 0 is the earliest
  tokens INTEGER NOT NULL,            -- tokens trained on
  loss REAL, mse REAL, fvu REAL, l0 REAL, dead_fraction REAL,  -- units as in results
  PRIMARY KEY (run_id, position)
) STRICT;

CREATE TABLE late_results (           -- recorded, never counted
  run_id TEXT NOT NULL,
  token TEXT NOT NULL,
  kind TEXT NOT NULL,                 -- late: a newer attempt had begun; duplicate: it has a result
  weights TEXT NOT NULL,              -- path
  result TEXT NOT NULL,               -- JSON
  received_at TEXT NOT NULL,          -- UTC
  PRIMARY KEY (run_id, token)
) STRICT;

CREATE TABLE measurements (
  source_key TEXT NOT NULL PRIMARY KEY,
  d_in INTEGER NOT NULL,
  training_tokens INTEGER NOT NULL,   -- tokens; -1: endless
  held_out_tokens INTEGER NOT NULL,   -- tokens
  activation_scale REAL,              -- factor to unit mean squared norm
  mean_squared_norm REAL,             -- before scaling
  tokens_per_second REAL,             -- of the source alone
  measurement TEXT NOT NULL,          -- JSON
  measured_at TEXT NOT NULL           -- UTC
) STRICT;

CREATE TABLE predictions (            -- written before the run's first attempt, never after
  sweep TEXT NOT NULL REFERENCES sweeps (name),
  run_id TEXT NOT NULL REFERENCES runs (id),
  predicted REAL,                     -- held-out loss per token
  lo REAL, hi REAL,                   -- prediction interval of it
  law TEXT NOT NULL,                  -- JSON
  made_at TEXT NOT NULL,              -- UTC
  PRIMARY KEY (sweep, run_id)
) STRICT;

CREATE TABLE requests (               -- from any process to the planner
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,                 -- stop or retry
  argument TEXT NOT NULL,
  made_at TEXT NOT NULL,              -- UTC
  taken_at TEXT                       -- UTC; NULL: the planner has not seen it
) STRICT;

CREATE VIEW run_states AS
SELECT run_id, attempts,
  CASE WHEN done THEN 'done' WHEN running THEN 'running'
       WHEN failure IS NOT NULL THEN 'failed' ELSE 'waiting' END AS state,
  CASE WHEN done OR running THEN '' ELSE coalesce(failure, '') END AS message
FROM (SELECT r.id AS run_id,
  EXISTS (SELECT 1 FROM results WHERE results.run_id = r.id) AS done,
  EXISTS (SELECT 1 FROM job_runs m JOIN attempts a ON a.job_id = m.job_id
          WHERE m.run_id = r.id AND a.ended_at IS NULL) AS running,
  (SELECT count(*) FROM job_runs m JOIN attempts a ON a.job_id = m.job_id
   WHERE m.run_id = r.id) AS attempts,
  (SELECT j.failure FROM job_runs m JOIN jobs j ON j.id = m.job_id
   WHERE m.run_id = r.id ORDER BY m.number DESC LIMIT 1) AS failure
  FROM runs r);

CREATE VIEW runs_with_results AS
SELECT w.sweep, w.stage, r.id AS run_id, s.state, s.attempts, r.tokens, r.d_sae, r.lr,
  r.batch_tokens, r.seed, r.stream_seed, x."end", x.loss, x.mse, x.fvu, x.l0, x.dead_fraction,
  x.dead_fraction_training, x.dense_fraction, x.train_loss, x.wall_seconds, x.tokens_per_second,
  x.device, x.weights, x.accepted_at, w.reason, s.message
FROM sweep_runs w JOIN runs r ON r.id = w.run_id JOIN run_states s ON s.run_id = r.id
LEFT JOIN results x ON x.run_id = r.id ORDER BY w.position;
)sql";

// The views that people look at gain what the results have held since: the language model's losses,
// and how often latents fire (kFiringBins in core/run_result.h). They are NULL where a result has
// none.
constexpr const char* kVersion2 = R"sql(
DROP VIEW runs_with_results;

CREATE VIEW runs_with_results AS
SELECT w.sweep, w.stage, r.id AS run_id, s.state, s.attempts, r.tokens, r.d_sae, r.lr,
  r.batch_tokens, r.seed, r.stream_seed, x."end", x.loss, x.mse, x.fvu, x.l0, x.dead_fraction,
  x.dead_fraction_training, x.dense_fraction,
  json_extract(x.result, '$.ce') AS ce,                  -- nats per token, reconstructions spliced in
  json_extract(x.result, '$.ce_delta') AS ce_delta,      -- ce less the unmodified model's
  json_extract(x.result, '$.ce_zero') AS ce_zero,        -- with zeros in their place
  json_extract(x.result, '$.loss_recovered') AS loss_recovered,  -- share of what zeros cost
  x.train_loss, x.wall_seconds, x.tokens_per_second,
  x.device, x.weights, x.accepted_at, w.reason, s.message
FROM sweep_runs w JOIN runs r ON r.id = w.run_id JOIN run_states s ON s.run_id = r.id
LEFT JOIN results x ON x.run_id = r.id ORDER BY w.position;

CREATE VIEW firing_histograms AS        -- how many latents fire how often on held-out tokens
SELECT x.run_id, b.key AS bin,          -- 0: never; 12: on a third of the tokens or more
  CASE WHEN b.key > 0 THEN -6 + (b.key - 1) / 2.0 END AS log10_from,  -- of the share of tokens
  CASE WHEN b.key > 0 THEN -6 + b.key / 2.0 END AS log10_to,
  b.value AS latents
FROM results x, json_each(x.result, '$.firing_histogram') b;
)sql";

// The limit budget.wall is for all calls together, so what they have used is kept.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE wall_times (
  sweep TEXT NOT NULL PRIMARY KEY REFERENCES sweeps (name),
  seconds REAL NOT NULL               -- on the clock, of all calls of `saelaw run`
) STRICT;
)sql";

constexpr std::array kSteps = {kVersion1, kVersion2, kVersion3};

// Says how the view reads a metric: from the column that results has had since the first version,
// or from the JSON, where the held-out metrics stand in the object `final`. A new metric thus needs
// no new column, and no older file needs to be written anew.
std::string MetricColumn(const Metric& metric) {
  if (metric.since_first) return fmt::format("x.{}", metric.name);
  return fmt::format("json_extract(x.result, '$.{}{}') AS {}",
                     metric.group == MetricGroup::kHeldOut ? "final." : "",
                     metric.name,
                     metric.name);
}

// The view has one row for each run of a sweep, with every metric (core/metrics.h), and NULL where
// it is not known. The text ends without a semicolon, because SQLite stores it so and HasView
// compares it.
std::string RunsWithResults() {
  std::string sql = R"sql(CREATE VIEW runs_with_results AS
SELECT w.sweep, w.stage, r.id AS run_id, s.state, s.attempts, r.tokens, r.d_sae, r.lr,
  r.batch_tokens, r.seed, r.stream_seed, x."end",
)sql";
  for (const Metric& metric : AllMetrics()) {
    sql += fmt::format("  {},  -- {}\n", MetricColumn(metric), metric.meaning);
  }
  return sql + R"sql(  x.device, x.weights, x.accepted_at, w.reason, s.message
FROM sweep_runs w JOIN runs r ON r.id = w.run_id JOIN run_states s ON s.run_id = r.id
LEFT JOIN results x ON x.run_id = r.id ORDER BY w.position)sql";
}

bool HasView(const Connection& connection, const std::string& sql) {
  Statement stored(connection, "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND sql = ?");
  return stored.Bind(sql).Step();
}

// A view holds nothing, so it follows the table of metrics without a version of its own.
void RefreshView(Connection& connection) {
  const std::string wanted = RunsWithResults();
  if (HasView(connection, wanted)) return;
  connection.Execute("DROP VIEW IF EXISTS runs_with_results;\n" + wanted);
}

}  // namespace

int SchemaVersion() { return static_cast<int>(kSteps.size()); }

int QueryVersion(const Connection& connection) {
  const std::int64_t application = QueryInteger(connection, "PRAGMA application_id");
  const auto version = static_cast<int>(QueryInteger(connection, "PRAGMA user_version"));
  const std::int64_t tables = QueryInteger(connection, "SELECT count(*) FROM sqlite_schema");
  // A file without a mark is ours to fill only while it is empty; with tables in it, it belongs to
  // a program that sets no mark.
  if (application == 0 && version == 0 && tables == 0) return 0;
  if (application != kApplicationId) {
    throw ConfigurationError(
        fmt::format("{} is another program's database: give another one with --db",
                    connection.path().string()));
  }
  if (version > SchemaVersion()) {
    throw ConfigurationError(fmt::format(
        "{} was written by a newer saelaw (schema {}, this one knows {}): use that version",
        connection.path().string(),
        version,
        SchemaVersion()));
  }
  return version;
}

void Migrate(Connection& connection) {
  Transaction transaction(connection);
  // The version is read inside the transaction, so that no other process can raise it in between.
  const int version = QueryVersion(connection);
  for (int step = version; step < SchemaVersion(); ++step) connection.Execute(kSteps[step]);
  if (version < SchemaVersion()) {
    // Both numbers stand in the file's header and are part of the transaction: a crash leaves
    // either the old schema with its old number or the new one with its new number.
    connection.Execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
    connection.Execute(fmt::format("PRAGMA user_version = {}", SchemaVersion()));
  }
  RefreshView(connection);
  transaction.Commit();
}

}  // namespace saelaw
