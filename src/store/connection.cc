// SQLite's own busy timeout is not used: our busy handler waits in short pieces, so that Ctrl-C
// ends the waiting and the user is told of it.
#include "store/connection.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "core/errors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// While a lock is waited for, the watch is asked this often; a Ctrl-C is felt without a delay.
constexpr int kLookEveryMilliseconds = 50;

int MakeFlags(Access access) {
  switch (access) {
    case Access::kRead:
      return SQLITE_OPEN_READONLY;
    case Access::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    case Access::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return SQLITE_OPEN_READONLY;
}

// SQLite's own text for a failed open or write is the same for a missing folder and for a lack of
// permission, so errno is added where there is one.
std::string WithSystemReason(sqlite3* database, const std::string& text) {
  const int reason = sqlite3_system_errno(database);
  return reason == 0 ? text : fmt::format("{} ({})", text, std::strerror(reason));
}

// Says what the primary result code means to the user, and how to mend it. `patience` is how long a
// lock was waited for. Connections ask for extended codes (SQLITE_OPEN_EXRESCODE), whose lowest
// byte is the primary one.
std::string ExplainCode(sqlite3* database, std::chrono::milliseconds patience) {
  switch (sqlite3_errcode(database) & 0xff) {
    case SQLITE_FULL:
      return "the disk is full; what was accepted is safe: free space and run the same command "
             "again";
    case SQLITE_IOERR:
      return WithSystemReason(database, "reading or writing failed") +
             "; what was accepted is safe: mend the disk and run the same command again";
    case SQLITE_READONLY:
      return "may not be written: check the permissions of the file and of its folder";
    case SQLITE_CANTOPEN:
      return WithSystemReason(database, "cannot be opened") +
             ": check that the folder exists and may be written";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fmt::format(
          "is damaged or not a results database ({}): restore a copy, or move it away",
          sqlite3_errmsg(database));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format("another program keeps it locked for more than {} s: close that program",
                         std::chrono::duration_cast<std::chrono::seconds>(patience).count());
    default:
      return sqlite3_errmsg(database);
  }
}

// Makes the path of an SQLite URI from a file name. Only these three characters would end the path
// or begin an escape there; all others may stand as they are.
std::string UriPath(const fs::path& path) {
  std::string uri;
  for (const char c : path.string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
    } else {
      uri += c;
    }
  }
  return uri;
}

// Tells which file a path leads to, by device and inode, because a name alone does not show that
// another file was put in its place. The answer is empty when the path leads to none.
std::string FileAt(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "";
  return fmt::format("{} {}", status.st_dev, status.st_ino);
}

}  // namespace

Connection::Connection(const fs::path& path, Access access, LockWatch watch)
    : path_(path), watch_(std::move(watch)) {
  Open(path.string(), MakeFlags(access));
  if (access != Access::kRead) {
    // Opening made the file where it was absent.
    opened_ = FileAt(path.string());
    return;
  }
  // Opening alone does not touch the file, so a first query shows whether it can be read. In a
  // folder that may not be written, shared memory for the log cannot be made. Without a log the
  // file alone is the whole truth and can be read as it is.
  const int code =
      sqlite3_exec(database_, "SELECT 1 FROM sqlite_schema", nullptr, nullptr, nullptr) & 0xff;
  const bool no_shared_memory = code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
  std::error_code ignored;
  if (no_shared_memory && !fs::exists(path.string() + "-wal", ignored)) {
    Open("file:" + UriPath(fs::absolute(path)) + "?immutable=1",
         SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }
}

Connection::~Connection() { sqlite3_close(database_); }

void Connection::Open(const std::string& name, int flags) {
  sqlite3_close(database_);
  database_ = nullptr;
  const int code =
      // SQLite gives out a handle even when it cannot open the file, and the reason is read from
      // it.
      sqlite3_open_v2(name.c_str(), &database_, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) {
    const Error error = IoError(Explain());
    sqlite3_close(database_);
    database_ = nullptr;
    throw error;
  }
  sqlite3_busy_handler(database_, OnBusy, this);
}

int Connection::OnBusy(void* connection, int count) {
  return static_cast<Connection*>(connection)->KeepsWaiting(count == 0) ? 1 : 0;
}

bool Connection::KeepsWaiting(bool first) {
  const auto now = std::chrono::steady_clock::now();
  if (first) waiting_since_ = now;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - waiting_since_);
  if (!gave_up_ && watch_.on_wait) stopped_ = watch_.on_wait(waited);
  // Once it has given up, it stays so: a rollback or a later statement must not wait all over
  // again.
  gave_up_ = gave_up_ || stopped_ || waited >= watch_.patience;
  if (gave_up_) return false;
  ::poll(nullptr, 0, kLookEveryMilliseconds);  // a signal ends it, and is looked at the next time
  return true;
}

std::string Connection::Explain() const {
  return fmt::format("{}: {}", path_.string(), ExplainCode(database_, watch_.patience));
}

void Connection::Execute(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Throw();
}

void Connection::Throw() const {
  // A stop is the reason of locks that were not waited for, and of no other error.
  const int code = sqlite3_errcode(database_) & 0xff;
  if (stopped_ && (code == SQLITE_BUSY || code == SQLITE_LOCKED)) throw *stopped_;
  throw IoError(Explain());
}

void Connection::CheckInPlace() const {
  if (opened_.empty()) return;
  if (FileAt(path_.string()) != opened_) {
    throw IoError(fmt::format(
        "{} was removed, renamed or replaced while it was written to: put it back under this name "
        "and run the same command again, or results are lost",
        path_.string()));
  }
  const std::string log = FileAt(path_.string() + "-wal");
  // The log comes into being with the first write and then lasts as long as this connection, so the
  // one that is seen first is the one that must stay.
  if (opened_log_.empty()) opened_log_ = log;
  if (log == opened_log_) return;
  throw IoError(
      fmt::format("{}-wal, a part of {}, was removed or replaced while it was written to: run the "
                  "same command again",
                  path_.string(),
                  path_.string()));
}

Statement::Statement(const Connection& connection, std::string_view sql) : connection_(connection) {
  Check(sqlite3_prepare_v2(
      connection.get(), sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
}

Statement::~Statement() { sqlite3_finalize(statement_); }

bool Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.Throw();
  return false;
}

void Statement::Run() {
  while (Step()) {
  }
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

double Statement::Real(int column) const {
  return IsNull(column) ? std::numeric_limits<double>::quiet_NaN()
                        : sqlite3_column_double(statement_, column);
}

void Statement::Reset() { sqlite3_reset(statement_); }

void Statement::BindOne(int index, std::string_view value) {
  Check(sqlite3_bind_text(
      statement_, index, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
}

void Statement::BindOne(int index, double value) {
  Check(sqlite3_bind_double(statement_, index, value));
}

void Statement::BindOne(int index, std::int64_t value) {
  Check(sqlite3_bind_int64(statement_, index, value));
}

void Statement::Check(int code) const {
  if (code != SQLITE_OK) connection_.Throw();
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.CheckInPlace();
  connection_.Execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // A failed COMMIT may have rolled back by itself; then this one has nothing to do.
  if (open_) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::Commit() {
  connection_.Execute("COMMIT");
  open_ = false;
}

std::int64_t QueryInteger(const Connection& connection, std::string_view sql) {
  Statement statement(connection, sql);
  return statement.Step() ? statement.Integer(0) : 0;
}

}  // namespace saelaw
