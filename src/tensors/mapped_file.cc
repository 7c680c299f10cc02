// Files are mapped and not read: of a checkpoint of many gigabytes only the tensors that are used
// come into memory, and several processes share them.
#include "tensors/mapped_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tensors/message.h"

namespace saelaw {
namespace {

// The file is closed at once: a mapping outlives its descriptor.
struct Descriptor {
  explicit Descriptor(const std::filesystem::path& path)
      // Without O_NONBLOCK, to open a pipe would wait for its writer before it could be refused.
      : number(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

[[noreturn]] void RefuseWithReason(const std::filesystem::path& path, const char* what) {
  // errno is kept before anything else may change it.
  const int reason = errno;
  Refuse(path, "{}: {}", what, std::generic_category().message(reason));
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  const Descriptor file(path);
  if (file.number < 0) RefuseWithReason(path, "cannot open");
  struct stat status = {};
  if (::fstat(file.number, &status) != 0) RefuseWithReason(path, "cannot read");
  // The kind is asked of the open file, not of the path, which may be another file by then.
  if (!S_ISREG(status.st_mode)) Refuse(path, "not a regular file");
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;  // mmap refuses a length of zero
  void* map = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number, 0);
  if (map == MAP_FAILED) RefuseWithReason(path, "cannot map");
  data_ = static_cast<const std::byte*>(map);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

// The two are swapped, so that the other object unmaps what this one had.
MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace saelaw
