// Large blocks come from mmap directly, since only there can huge pages be asked for and memory be
// given back as a whole. malloc is told where to draw its line between the two.
#include "sae/cpu/memory.h"

#include <new>

#include <malloc.h>
#include <sys/mman.h>

namespace saelaw {

void FreeMapped::operator()(void* memory) const { ::munmap(memory, bytes); }

std::unique_ptr<void, FreeMapped> MapZeroed(std::size_t bytes, Pages pages) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  // mmap refuses a length of zero, but a buffer of nothing is a fair request.
  const std::size_t size = bytes == 0 ? 1 : bytes;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (size >= kHugePage) {  // a wish; may be refused
    ::madvise(memory, size, pages == Pages::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  }
  return {memory, FreeMapped{size}};
}

void KeepFreedMemory() {
  // The largest temporary of a step has 4,096 vectors of 2,048 fp32 numbers, which are 32 MiB.
  // Setting these limits also stops malloc from moving them by itself.
  constexpr int kMapped = 33 << 20, kTrimmed = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, kMapped);
  ::mallopt(M_TRIM_THRESHOLD, kTrimmed);
}

void ReturnFreed() { ::malloc_trim(0); }

}  // namespace saelaw
