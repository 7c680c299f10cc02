// The lock is flock(2) on a file beside the database. The kernel gives it back when the process
// ends, however that ends: no lock is left behind by a crash. The file itself is never removed. If
// it were, two planners could each hold a lock on a file of the same name.
#include "store/planner_lock.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/errors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// Links are resolved, so that two names of one database have one lock.
std::string NameLockFile(const fs::path& database) {
  return fs::weakly_canonical(database).string() + ".lock";
}

// The answer is 0 when the holder has not written its pid (yet, or because the disk was full).
int PidIn(int fd) {
  char text[32] = {};
  const ssize_t got = ::pread(fd, text, sizeof text - 1, 0);
  return got > 0 ? std::atoi(text) : 0;
}

}  // namespace

PlannerLock::PlannerLock(const fs::path& database) {
  const std::string path = NameLockFile(database);
  // The file is closed on exec, because a trainer that outlives its planner must not keep the lock.
  // It is not emptied by opening: it may hold the pid of another planner, which the message needs.
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) throw IoError(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    // Reading the pid and closing may change errno.
    const int reason = errno;
    const int pid = PidIn(fd_);
    ::close(fd_);
    if (reason != EWOULDBLOCK)
      throw IoError(fmt::format("cannot lock {}: {}", path, std::strerror(reason)));
    throw Error(ExitCode::kFailure,
                fmt::format("another saelaw (pid {}) is running on {}", pid, database.string()));
  }
  // The pid is for people: the lock holds without it, so a full disk does not matter here.
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) errno = 0;
}

PlannerLock::~PlannerLock() { ::close(fd_); }

std::optional<int> PlannerLock::FindHolder(const fs::path& database) {
  const int fd = ::open(NameLockFile(database).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  // The lock that is tried is a shared one, so that two processes that ask at once do not take each
  // other for a planner.
  std::optional<int> holder;
  if (::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) holder = PidIn(fd);
  ::close(fd);
  return holder;
}

}  // namespace saelaw
