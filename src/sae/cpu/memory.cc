#include "sae/cpu/memory.h"

#include <new>

#include <malloc.h>
#include <sys/mman.h>

namespace saelaw {

void FreeMapped::operator()(void* memory) const { ::munmap(memory, bytes); }

std::unique_ptr<void, FreeMapped> MapZeroed(std::size_t bytes, Pages pages) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  const std::size_t size = bytes == 0 ? 1 : bytes;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (size >= kHugePage) {  // a wish; may be refused
    ::madvise(memory, size, pages == Pages::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  }
  return {memory, FreeMapped{size}};
}

void KeepFreedMemory() {
  constexpr int kMapped = 33 << 20, kTrimmed = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, kMapped);
  ::mallopt(M_TRIM_THRESHOLD, kTrimmed);
}

void ReturnFreed() { ::malloc_trim(0); }

}  // namespace saelaw
