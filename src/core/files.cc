// A file is complete or absent: it is written under another name, synced and renamed, and its
// folder is synced after it, or a power cut could undo the rename.
#include "core/files.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/hasher.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

Error SystemError(const char* verb, const fs::path& path) {
  return IoError(fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(errno)));
}

// An open file that is closed on every way out.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, const char* verb)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (fd_ < 0) throw SystemError(verb, path);
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

void SyncFolderAround(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY, "open");
  if (::fsync(descriptor.get()) != 0) throw SystemError("sync", folder);
}

void Rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw SystemError("rename to", to);
}

}  // namespace

std::string ReadFile(const fs::path& path) {
  const Descriptor descriptor(path, O_RDONLY, "read");
  std::string content;
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) throw SystemError("read", path);
  if (S_ISDIR(status.st_mode))
    throw IoError(fmt::format("cannot read {}: it is a folder", path.string()));
  content.reserve(static_cast<std::size_t>(status.st_size));
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(descriptor.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw SystemError("read", path);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
  }
}

void WriteFile(const fs::path& path, std::string_view content, Durability durability) {
  fs::path temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  {
    const Descriptor descriptor(temporary, O_WRONLY | O_CREAT | O_TRUNC, "write");
    while (!content.empty()) {
      const ssize_t put = ::write(descriptor.get(), content.data(), content.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) {
        const Error error = SystemError("write", path);
        ::unlink(temporary.c_str());
        throw error;
      }
      content.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  if (durability == Durability::kSynced) {
    CommitFile(temporary, path);
  } else {
    Rename(temporary, path);
  }
}

void CommitFile(const fs::path& temporary, const fs::path& path) {
  {
    const Descriptor descriptor(temporary, O_RDONLY, "sync");
    if (::fsync(descriptor.get()) != 0) throw SystemError("sync", temporary);
  }
  Rename(temporary, path);
  SyncFolderAround(path);
}

std::string HashBytes(std::string_view bytes) {
  Hasher hasher;
  hasher.Add(bytes);
  return hasher.Digits();
}

std::string HashFile(const fs::path& path) {
  const Descriptor descriptor(path, O_RDONLY, "read");
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) throw SystemError("read", path);
  if (status.st_size == 0) return HashBytes({});
  const auto size = static_cast<std::size_t>(status.st_size);
  void* map = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.get(), 0);
  if (map == MAP_FAILED) throw SystemError("read", path);
  std::string hash = HashBytes({static_cast<const char*>(map), size});
  ::munmap(map, size);
  return hash;
}

}  // namespace saelaw
