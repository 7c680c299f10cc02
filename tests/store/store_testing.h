// What tests of the store's files share: SQLite as another program would use it, and errors.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "core/errors.h"
#include "temporary_folder.h"

namespace saelaw {

// The code and the one line of the Error that `action` throws.
template <typename Action>
std::pair<ExitCode, std::string> ErrorOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::kComplete, "nothing was thrown"};
}

// What `sql` gives to another program: cells with blanks between, rows with semicolons.
inline std::string Rows(const std::filesystem::path& path, const std::string& sql) {
  std::string rows;
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  const auto add = [](void* to, int count, char** cells, char**) {
    for (int i = 0; i < count; ++i) {
      *static_cast<std::string*>(to) += cells[i] == nullptr ? "NULL" : cells[i];
      *static_cast<std::string*>(to) += i + 1 < count ? " " : "; ";
    }
    return 0;
  };
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &rows, &message), SQLITE_OK) << message;
  sqlite3_free(message);
  sqlite3_close(database);
  return rows;
}

// A place for one database.
class StoreTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "results.db";
};

}  // namespace saelaw
