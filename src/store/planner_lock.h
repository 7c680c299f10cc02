// At most one planner works on a database: an advisory lock that ends with its process.
#pragma once

#include <filesystem>
#include <optional>

namespace saelaw {

class PlannerLock {
 public:
  // Takes `<database>.lock` and writes this process's pid into it. Throws Error with kFailure when
  // another process holds it, IoError when the file cannot be made.
  explicit PlannerLock(const std::filesystem::path& database);
  ~PlannerLock();
  PlannerLock(const PlannerLock&) = delete;
  PlannerLock& operator=(const PlannerLock&) = delete;

  // The pid of the process that holds it; nothing when none does.
  static std::optional<int> FindHolder(const std::filesystem::path& database);

 private:
  int fd_;
};

}  // namespace saelaw
