// How the file is opened decides what may happen to it. Only a writer may create and migrate,
// readers never change the file, and only a file of our own and of the right version is touched at
// all. The statements on its tables are in store_runs.cc and store_ledger.cc.
#include "store/store.h"

#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "store/connection.h"
#include "store/planner_lock.h"
#include "store/schema.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// Opens what exists already; the file's version must be the one that this build knows. A missing
// file is told of here, because SQLite would only say that it cannot be opened.
std::unique_ptr<Connection> OpenExisting(const fs::path& path, Access access, LockWatch watch) {
  Store::CheckName(path);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    throw ConfigurationError(fmt::format(
        "there is no database {}: `saelaw run` makes it, --db FILE names another", path.string()));
  }
  auto connection = std::make_unique<Connection>(path, access, std::move(watch));
  const int version = QueryVersion(*connection);
  if (version == 0) {
    throw ConfigurationError(
        fmt::format("{} is empty: `saelaw run` fills it, --db FILE names another", path.string()));
  }
  if (version < SchemaVersion()) {
    throw ConfigurationError(
        fmt::format("{} was written by an older saelaw (schema {}, this one reads {}): "
                    "`saelaw run` brings it up to date",
                    path.string(),
                    version,
                    SchemaVersion()));
  }
  return connection;
}

void ConfigureForWriting(Connection& connection) {
  // With a weaker setting, a loss of power may undo commits that were already reported as safe.
  // Foreign keys are off in SQLite unless each connection asks for them.
  connection.Execute("PRAGMA synchronous = FULL");
  connection.Execute("PRAGMA foreign_keys = ON");
}

}  // namespace

std::string UtcText(std::chrono::system_clock::time_point time) {
  using std::chrono::milliseconds;
  // Times are rounded down, so that none reads later than it was.
  const auto ticks = std::chrono::floor<milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(ticks);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     milliseconds(ticks - seconds).count());
}

void Store::CheckName(const fs::path& path) {
  if (path.empty()) {
    throw UsageError("--db names no file: it is empty (a variable that is not set?)");
  }
  // SQLite reads names that begin with a colon in its own way (":memory:" is no file).
  if (path.string().starts_with(":")) {
    throw UsageError(
        fmt::format("--db {} is no file, and what is not in a file is lost: give a "
                    "name such as results.db",
                    path.string()));
  }
}

void Store::CheckInPlace() const { connection_->CheckInPlace(); }

Store Store::OpenForWriting(const fs::path& path, Clock clock, LockWatch watch) {
  CheckName(path);
  auto connection = std::make_unique<Connection>(path, Access::kCreate, std::move(watch));
  QueryVersion(*connection);  // another program's file is left as it is
  // The lock is taken before the first change. The write-ahead log is what lets others read while
  // the planner writes.
  auto lock = std::make_unique<PlannerLock>(path);
  connection->Execute("PRAGMA journal_mode = WAL");
  ConfigureForWriting(*connection);
  Migrate(*connection);
  return {std::move(connection), std::move(lock), std::move(clock)};
}

Store Store::OpenForReading(const fs::path& path, LockWatch watch) {
  return {
      OpenExisting(path, Access::kRead, std::move(watch)), nullptr, std::chrono::system_clock::now};
}

Store Store::OpenForRequests(const fs::path& path, Clock clock, LockWatch watch) {
  auto connection = OpenExisting(path, Access::kReadWrite, std::move(watch));
  ConfigureForWriting(*connection);
  return {std::move(connection), nullptr, std::move(clock)};
}

std::optional<int> Store::FindPlanner(const fs::path& path) {
  return PlannerLock::FindHolder(path);
}

// The member lock_ stands before connection_, so that the database is closed before its lock is
// given back.
Store::Store(std::unique_ptr<Connection> connection, std::unique_ptr<PlannerLock> lock, Clock clock)
    : lock_(std::move(lock)), connection_(std::move(connection)), clock_(std::move(clock)) {}

Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

std::string Store::Now() const { return UtcText(clock_()); }

}  // namespace saelaw
