// The few things of SQLite that the store needs, each ended by its destructor. For store/ alone.
//
// SQLiteCpp (3.2.1, as Debian has it) was tried in their place and is not used. It closes a
// database that cannot be opened before it throws, so that the system's reason (no permission, a
// folder of that name) is lost, and that is half of what the user has to know. For locks it has a
// timeout alone; saying what is waited for, and ending the waiting at Ctrl-C, needs SQLite's own
// busy handler. Its errors name neither the file nor what to do, so each of its calls was wrapped
// again, as was every value (NaN is NULL here, 2^63 and more are negative): 352 lines stood where
// there are 359 now, with a library more.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "store/lock_watch.h"

struct sqlite3;
struct sqlite3_stmt;

namespace saelaw {

enum class Access { kRead, kReadWrite, kCreate };

// Every failure of SQLite is thrown as an IoError of one line that names the file and says what to
// do about it.
class Connection {
 public:
  Connection(const std::filesystem::path& path, Access access, LockWatch watch = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One or more statements without parameters or rows.
  void Execute(const std::string& sql);
  [[noreturn]] void Throw() const;
  // Throws IoError when the file (or its log, while one is open for writing) is no longer the one
  // that was opened: removed, renamed or replaced. What is written then would be lost.
  void CheckInPlace() const;
  const std::filesystem::path& path() const { return path_; }
  sqlite3* get() const { return database_; }

 private:
  static int OnBusy(void* connection, int count);
  bool KeepsWaiting(bool first);
  std::string Explain() const;
  void Open(const std::string& name, int flags);

  std::filesystem::path path_;
  LockWatch watch_;
  std::chrono::steady_clock::time_point waiting_since_;
  bool gave_up_ = false;          // waiting; then it is not begun again
  std::optional<Error> stopped_;  // by watch_.on_wait
  sqlite3* database_ = nullptr;
  std::string opened_;              // which file was opened; empty for readers
  mutable std::string opened_log_;  // its log, once there is one
};

// A prepared statement: Statement(c, "... ?").Bind(a, b).Run(), or while (s.Step()) s.Text(0).
class Statement {
 public:
  Statement(const Connection& connection, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds all parameters in order and makes the statement ready to run again.
  template <typename... Values>
  Statement& Bind(const Values&... values) {
    Reset();
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }
  bool Step();  // true: a row is there to be read
  void Run();   // for statements without rows

  bool IsNull(int column) const;
  std::int64_t Integer(int column) const;
  std::string Text(int column) const;  // NULL reads as ""
  double Real(int column) const;       // NULL reads as NaN

 private:
  void Reset();
  void BindOne(int index, std::string_view value);
  void BindOne(int index, double value);  // NaN is stored as NULL
  void BindOne(int index, std::int64_t value);
  void BindOne(int index, int value) { BindOne(index, static_cast<std::int64_t>(value)); }
  // Above 2^63 as the negative number of the same bits.
  void BindOne(int index, std::uint64_t value) { BindOne(index, static_cast<std::int64_t>(value)); }
  void Check(int code) const;

  const Connection& connection_;
  sqlite3_stmt* statement_ = nullptr;
};

// BEGIN IMMEDIATE to Commit; rolled back when destroyed before.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void Commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

// The single integer that `sql` asks for.
std::int64_t QueryInteger(const Connection& connection, std::string_view sql);

}  // namespace saelaw
