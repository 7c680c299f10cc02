// The lock is an flock on a file beside the jobs, because the kernel releases it when the process
// dies, however it dies. The file stays behind; that a file is there means nothing.
#include "orchestrate/machine/jobs_lock.h"

#include <array>
#include <cerrno>
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

// The holder has written into the file whose lock it is; only people read this.
std::string HolderIn(int fd) {
  std::array<char, 1024> text = {};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  const std::string holder(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return holder.substr(0, holder.find('\n'));
}

}  // namespace

fs::path JobsFolder(const fs::path& database) {
  const fs::path ending = database.extension();
  fs::path folder = database;
  if (ending == ".db" || ending == ".sqlite" || ending == ".sqlite3") folder.replace_extension();
  folder += ".runs";
  return fs::absolute(folder / "jobs");
}

JobsLock::JobsLock(const fs::path& database) {
  const fs::path folder = JobsFolder(database).parent_path();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("cannot make {}: {}", folder.string(), error.message()));
  const std::string path = folder / "planner.lock";
  // Trainers must not inherit the file (O_CLOEXEC): one that outlives its planner would keep the
  // lock.
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) throw IoError(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    const std::string holder = HolderIn(fd_);
    ::close(fd_);
    if (reason != EWOULDBLOCK)
      throw IoError(fmt::format("cannot lock {}: {}", path, std::strerror(reason)));
    throw Error(ExitCode::kFailure,
                fmt::format("{} is the folder of jobs of another database too, which {} is running "
                            "on: give --db a name that differs in more than its ending",
                            folder.string(),
                            holder.empty() ? "another saelaw" : holder));
  }
  // This is written for people: the lock holds without it, so a full disk does not matter here.
  const std::string holder =
      fmt::format("saelaw (pid {}, {})\n", ::getpid(), fs::absolute(database).filename().string());
  if (::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, holder.data(), holder.size(), 0) < 0) errno = 0;
}

JobsLock::~JobsLock() { ::close(fd_); }

}  // namespace saelaw
