// Where the jobs of a database lie, and that at most one planner works there, whatever its database
// is called.
#pragma once

#include <filesystem>

namespace saelaw {

// Beside the database: results.db → results.runs/jobs, and the same of .sqlite and .sqlite3. Any
// other ending is part of the name: night.1 → night.1.runs/jobs.
std::filesystem::path JobsFolder(const std::filesystem::path& database);

// results.db and results.sqlite have one folder of jobs. An advisory lock in it, that ends with its
// process, keeps their planners from working there at once.
class JobsLock {
 public:
  // Makes the folder as needed. Throws Error with kFailure when a planner of another database is
  // at work there (the message names it), IoError when the lock's file cannot be made.
  explicit JobsLock(const std::filesystem::path& database);
  ~JobsLock();
  JobsLock(const JobsLock&) = delete;
  JobsLock& operator=(const JobsLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace saelaw
